import { describe, expect, it } from 'vitest'
import { judgeAdapter } from '../fit/judge-adapter.ts'
import { sampleRecipe } from '../testing/samples.ts'
import { loraArgs, readAdapter } from './adapter.ts'
import type { ModelEntry } from './models.ts'
import type { DiskModel, HostScan } from './scan-host.ts'

describe('adapter_config.json', () => {
  it.each([
    [
      { base_model_name_or_path: 'Org/Base', r: 16 },
      { base: 'Org/Base', rank: 16 },
    ],
    [{ base_model_name_or_path: '/data/models/my-base/' }, { base: 'my-base', rank: 8 }],
    [
      { base_model_name_or_path: 'Org/Base', r: 8, rank_pattern: { q_proj: 64 } },
      { base: 'Org/Base', rank: 64 },
    ],
    [{ base_model_name_or_path: 'Org/../Base' }, undefined],
    [{ base_model_name_or_path: null }, undefined],
  ])('%j names %j', (config, adapter) => {
    expect(readAdapter(JSON.stringify(config))).toEqual(adapter)
  })

  it('half written says nothing', () => {
    expect(readAdapter('{"base_model')).toBeUndefined()
    expect(readAdapter(undefined)).toBeUndefined()
  })

  it.each([
    [4, '8'],
    [16, '16'],
    [17, '32'],
    [600, '600'],
  ])('a rank of %i asks the engine for %s', (rank, most) => {
    expect(loraArgs({ repo: 'mine', folder: '/d/mine', rank }, '/models/mine')).toEqual([
      '--enable-lora',
      '--lora-modules',
      'mine=/models/mine',
      '--max-lora-rank',
      most,
    ])
  })
})

describe('an adapter', () => {
  const scan = { host: 'spark-1', error: null } as HostScan
  const entry = (repo: string, host: string, more: Partial<DiskModel> = {}): ModelEntry => ({
    repo,
    key: repo.replaceAll('/', '--'),
    source: 'local',
    onHosts: [{ host, scan, model: { repo, state: 'ready', ...more } as DiskModel }],
  })
  const adapter = { base: 'Org/New', rank: 16 }
  const services = [{ nodes: ['spark-1', 'spark-2'], manage: true }]
  const judge = (own: ModelEntry, base?: ModelEntry, recipe = sampleRecipe()) =>
    judgeAdapter(own, adapter, base, recipe, services)
  const mine = entry('mine', 'spark-1', { path: '/data/mine' })

  it('is ready where its base is, and lies beside it', () => {
    expect(judge(mine, entry('Org/New', 'spark-1'))).toEqual({ state: 'ready' })
  })

  it.each<[string, ModelEntry, ModelEntry | undefined, RegExp]>([
    ['without its base', mine, undefined, /adapter of Org\/New, which is on no disk/],
    [
      'on another machine than it would run on',
      entry('mine', 'spark-2'),
      entry('Org/New', 'spark-1'),
      /is on spark-2, not on spark-1/,
    ],
    [
      'whose base is not whole',
      mine,
      entry('Org/New', 'spark-1', { state: 'partial', reason: 'lacks 2 weight files' }),
      /adapter of Org\/New, which lacks 2 weight files/,
    ],
    [
      'in a folder like its base',
      mine,
      entry('Org/New', 'spark-1', { path: '/data/new' }),
      /only one of the two may lie in model_dirs/,
    ],
  ])('%s is not, and says why', (_, own, base, reason) => {
    const judged = judge(own, base)
    expect(judged.state).not.toBe('ready')
    expect(judged.reason).toMatch(reason)
  })
})
