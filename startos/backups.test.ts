import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { createEffects } from './testing/effects.ts'
import { startos } from './testing/package.ts'

const { chooseBackups, LEFT_OUT } = await import('./backups.ts')
afterEach(() => vi.unstubAllEnvs())

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

it('tells rsync so, both ways', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'startos-rsync-'))
  const log = join(folder, 'log')
  writeFileSync(join(folder, 'rsync'), `#!/bin/sh\nprintf '%s\\n' "$*" >> ${log}\n`)
  chmodSync(join(folder, 'rsync'), 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH ?? ''}`)
  const backups = await chooseBackups()
  const chosen = backups as unknown as Chosen
  for (const sync of chosen.backupSet) {
    sync.dataPath = join(folder, sync.dataPath)
    sync.backupPath = join(folder, sync.backupPath)
  }
  await backups.createBackup(createEffects().effects)
  await backups.restoreBackup(createEffects().effects)
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  rmSync(folder, { recursive: true })
  expect(
    lines.map((line) =>
      / \S+\/media\/startos\/(\w+)\/\S* \S+\/media\/startos\/(\w+)\//.exec(line)?.slice(1),
    ),
  ).toEqual([
    ['volumes', 'backup'],
    ['volumes', 'backup'],
    ['backup', 'volumes'],
    ['backup', 'volumes'],
  ])
  for (const line of lines)
    expect(line).toMatch(
      /^--delete --exclude=\/sandbox --exclude=\/\.incoming-\* --exclude=\/state/,
    )
})
