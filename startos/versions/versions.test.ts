import { readFileSync } from 'node:fs'
import { ExtendedVersion } from '@start9labs/start-sdk'
import { expect, it } from 'vitest'
import { createEffects } from '../testing/effects.ts'
import { current } from './current.ts'
import { versionGraph } from './index.ts'
import notes from './release-notes.json' with { type: 'json' }

const { version } = current.options
const [upstream = '', downstream = ''] = version.split(':')

it('is the version of package.json, and a number for the package', () => {
  const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(upstream).toBe(own.version)
  expect(downstream).toMatch(/^\d+$/)
  expect(ExtendedVersion.parse(version).toString()).toBe(version)
})

it('has notes that were written for it, not for the one before', () => {
  expect(notes.version).toBe(upstream)
})

it('can be installed over every version before it', async () => {
  const { effects, calls } = createEffects({ dataVersion: '0.0.9:3' })
  await versionGraph.init(effects, 'update')
  expect(calls('setDataVersion')).toEqual([{ version }])
})

it('does not migrate what is of this version', async () => {
  const { effects, calls } = createEffects({ dataVersion: version })
  await versionGraph.init(effects, null)
  await versionGraph.init(effects, 'restore')
  expect(calls<{ version: string }>('setDataVersion').every((set) => set.version === version)).toBe(
    true,
  )
})

it('does not go back, since an older controller refuses the database', async () => {
  const { effects } = createEffects({ dataVersion: version })
  const older = ExtendedVersion.parse('0.0.9:0')
  await expect(versionGraph.uninit(effects, older)).rejects.toThrow()
})

it('may be removed', async () => {
  const { effects } = createEffects({ dataVersion: version })
  await versionGraph.uninit(effects, null)
})
