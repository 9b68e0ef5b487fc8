import { afterAll, expect, it } from 'vitest'
import { removeVolumes, startos } from './testing/package.ts'

const { chooseBackups, LEFT_OUT } = await import('./backups.ts')
afterAll(removeVolumes)

/** Private in the SDK's types: what is copied, and what of it is not. */
interface Chosen {
  backupSet: { dataPath: string; backupPath: string }[]
  options: { delete: boolean; exclude: string[] }
}

it('copies every volume there is', async () => {
  const { backupSet } = (await chooseBackups()) as unknown as Chosen
  const names = backupSet.map(({ dataPath }) => /volumes\/([^/]+)/.exec(dataPath)?.[1])
  expect(names.sort()).toEqual([...startos.manifest.volumes].sort())
})

it('leaves out what can be made again, and that alone', async () => {
  const { options } = (await chooseBackups()) as unknown as Chosen
  expect(options).toEqual({ delete: true, exclude: LEFT_OUT })
  const kept = [
    'topology.yaml',
    'last-good.yaml',
    'state.db',
    'state.db-wal',
    'ssh',
    'keys',
    'recipes',
  ]
  expect(kept.filter((name) => LEFT_OUT.includes(`/${name}`))).toEqual([])
  // anchored, so that no recipe or key of such a name is left out by mistake
  expect(LEFT_OUT.every((pattern) => pattern.startsWith('/'))).toBe(true)
})
