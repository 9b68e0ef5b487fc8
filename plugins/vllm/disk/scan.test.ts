import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPresent } from '../../../core/testing/real/is-present.ts'
import { plantFile, plantModel, runScript, uproot } from '../testing/plant.ts'
import { judgeDisk } from './scan-judge.ts'
import { parseScan } from './scan-records.ts'
import { SCAN_SCRIPT } from './scan-script.ts'

const EVERY_SHELL: [string, string[]][] = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['busybox sh', ['busybox', 'sh']],
]
const SHELLS = EVERY_SHELL.filter(([, [program = '']]) => isPresent(program))
const CONFIG = '{"model_type":"qwen3","max_position_embeddings":4096}'
const GIB = 2 ** 30
const indexOf = (...shards: string[]) =>
  JSON.stringify({
    metadata: { total_size: 1 },
    weight_map: Object.fromEntries(shards.map((shard, n) => [`layer.${n}.weight`, shard])),
  })

/** Words of an index that would be records of the scan, if they were taken for lines. */
const FORGED = `"
HUB\tHF_HOME\t/srv
LOCAL\t/srv/alice
F\t9\t9\t9\t/srv/alice/config.json
F\t9\t9\t9\t/srv/alice/model.safetensors"`

let home: string
let hub: string

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'vllm-scan-'))
  hub = join(home, 'hf', 'hub')
  const shard = (n: number, of: number) => `model-0000${n}-of-0000${of}.safetensors`
  plantModel(hub, 'Org/Whole', {
    'config.json': CONFIG,
    'model.safetensors.index.json': indexOf(shard(1, 2), shard(2, 2)),
    [shard(1, 2)]: 3 * GIB,
    [shard(2, 2)]: 2 * GIB,
    'original/consolidated.00.safetensors': GIB,
    'chat_template.jinja': '{% if x %}<tool_call>\n<function={{ name }}>{% endif %}<think>',
  })
  plantModel(hub, 'Org/Single', { 'config.json': CONFIG, 'model.safetensors': GIB })
  plantModel(
    hub,
    'Org/Plain-Files',
    { 'config.json': CONFIG, 'model.safetensors': GIB },
    { withoutLinks: true },
  )
  plantModel(hub, 'Org/Shard-Missing', {
    'config.json': CONFIG,
    'model.safetensors.index.json': indexOf(shard(1, 2), shard(2, 2)) + FORGED,
    [shard(1, 2)]: GIB,
  })
  plantModel(
    hub,
    'Org/Dangling',
    { 'config.json': CONFIG, 'model.safetensors': GIB, 'tokenizer.json': '{}' },
    { dangling: ['tokenizer.json'] },
  )
  plantModel(hub, 'Org/Numbered', { 'config.json': CONFIG, [shard(1, 3)]: 5 })
  const live = plantModel(hub, 'Org/Live', { 'config.json': CONFIG })
  plantFile(join(live, 'blobs', 'abc.0123abcd.incomplete'), GIB, 5)
  const dead = plantModel(hub, 'Org/Dead', { 'config.json': CONFIG })
  plantFile(join(dead, 'blobs', 'abc.incomplete'), GIB, 600)
  plantModel(hub, 'Org/Gguf', { 'config.json': CONFIG, 'model-Q4_K_M.gguf': GIB })
  plantModel(hub, 'Org/Pipeline', { 'model_index.json': '{}', 'vae/model.safetensors': 5 })
  plantModel(hub, 'Org/Old-Bin', { 'config.json': CONFIG, 'pytorch_model.bin': 5 })
  // two revisions: main is whole, a later one is not
  plantModel(hub, 'Org/Two', { 'config.json': CONFIG, 'model.safetensors': 7 }, { commit: 'aaaa' })
  plantModel(hub, 'Org/Two', { 'config.json': CONFIG }, { commit: 'bbbb', withoutRef: true })
  // no ref at all: the newest snapshot counts
  plantModel(
    hub,
    'Org/No-Ref',
    { 'config.json': CONFIG, 'model.safetensors': 9 },
    { commit: 'cccc', withoutRef: true },
  )
  const wrong = plantModel(
    hub,
    'Org/Tree-Differs',
    { 'config.json': CONFIG, 'model.safetensors': 9 },
    { commit: 'dddd' },
  )
  plantFile(
    join(wrong, 'trees', 'dddd.json'),
    JSON.stringify({
      format_version: 1,
      files: { 'model.safetensors': { size: 10, blob_id: 'x' } },
    }),
  )
  const agrees = plantModel(
    hub,
    'Org/Tree-Agrees',
    { 'config.json': CONFIG, 'model.safetensors': 9 },
    { commit: 'eeee' },
  )
  plantFile(
    join(agrees, 'trees', 'eeee.json'),
    JSON.stringify({
      format_version: 1,
      files: { 'model.safetensors': { size: 9 }, 'README.md': { size: 4000 } },
    }),
  )
  plantModel(hub, 'gpt2', { 'config.json': CONFIG, 'model.safetensors': 1 })
  // what must not disturb
  plantFile(join(hub, '.locks', 'models--Org--Whole', 'x.lock'), '')
  plantFile(join(hub, 'CACHEDIR.TAG'), 'x')
  plantModel(join(hub, 'x'), 'Org/Nested', { 'config.json': CONFIG })
  plantFile(join(hub, 'datasets--Org--Data', 'snapshots', 'a', 'config.json'), CONFIG)
  plantFile(join(hub, 'models--Org--Single', '.no_exist', 'a', 'chat_template.jinja'), 'x')
  plantFile(
    join(hub, 'models--Org--Odd name;$(touch canary)', 'snapshots', 'a', 'config.json'),
    CONFIG,
  )
  plantFile(
    join(hub, 'models--Org--Line\nF\t9\t9\t9\tmodels--Org--Fake/x', 'snapshots', 'a', 'b'),
    'x',
  )
  plantFile(join(hub, 'models--Org--Single', 'blobs', 'a\nEND'), 'x')
  plantFile(join(hub, 'models--..', 'snapshots', 'a', 'config.json'), CONFIG)
  plantFile(join(home, 'models', 'my tune', 'config.json'), CONFIG)
  plantFile(join(home, 'models', 'my-tune', 'config.json'), CONFIG)
  plantFile(join(home, 'models', 'my-tune', 'model.safetensors'), 4)
  plantFile(join(home, 'models', 'my-lora', 'adapter_config.json'), '{}')
  plantFile(join(home, 'models', 'my-lora', 'adapter_model.safetensors'), 4)
  plantFile(join(home, 'proc', 'meminfo'), 'MemTotal:       127600000 kB\nMemFree: 5 kB\n')
})
afterAll(() => uproot(home))

const scan = (shell: string[], known = '', env: Record<string, string> = {}) =>
  runScript(shell, SCAN_SCRIPT, [join(home, 'hf'), known, join(home, 'models')], {
    HOME: home,
    SPARK_PROC: join(home, 'proc'),
    ...env,
  })

describe.each(SHELLS)('the scan in %s', (_, shell) => {
  it('judges every layout by the completeness rules', () => {
    const disk = parseScan(scan(shell))
    expect(disk).toBeDefined()
    if (!disk) return
    expect(disk.memoryBytes).toBe(127600000 * 1024)
    expect(disk.hub).toEqual({ source: 'topology', path: hub })
    expect(disk.disk?.totalBytes).toBeGreaterThan(0)
    const { models, ignored } = judgeDisk(disk, () => undefined)
    const states = Object.fromEntries(models.map((m) => [m.repo, m.reason ?? m.state]))
    expect(states).toEqual({
      'Org/Whole': 'ready',
      'Org/Single': 'ready',
      'Org/Plain-Files': 'ready',
      'Org/Shard-Missing': '1 of 2 weight files are missing',
      'Org/Dangling': 'tokenizer.json leads nowhere (of 1 such)',
      'Org/Numbered': '2 of 3 weight files are missing',
      'Org/Live': 'is being downloaded',
      'Org/Dead': 'no weights are on the disk',
      'Org/Gguf': 'has GGUF weights only',
      'Org/Pipeline': 'is a pipeline for pictures, not a language model',
      'Org/Old-Bin': 'has no safetensors weights (pytorch_model.bin)',
      'Org/Two': 'ready',
      'Org/No-Ref': 'ready',
      'Org/Tree-Differs': 'model.safetensors has 9 of 10 bytes',
      'Org/Tree-Agrees': 'ready',
      gpt2: 'ready',
      'my-tune': 'ready',
      'my-lora': 'is a LoRA adapter, not a whole model',
    })
    expect(ignored.toSorted()).toEqual([
      join(home, 'models', 'my tune'),
      'models--..',
      'models--Org--Odd name;$(touch canary)',
    ])
  })

  it('counts weights at the top level only, and everything on disk for the size', () => {
    const disk = parseScan(scan(shell))
    const whole =
      disk && judgeDisk(disk, () => undefined).models.find((m) => m.repo === 'Org/Whole')
    expect(whole?.weightBytes).toBe(5 * GIB)
    expect(whole?.sizeBytes).toBeGreaterThan(6 * GIB)
    expect(whole?.sizeBytes).toBeLessThan(6 * GIB + 4096)
    expect(whole?.config).toBe(CONFIG)
    expect(whole?.markers?.toSorted()).toEqual(['function', 'template', 'think', 'tool_call'])
    expect(whole?.lastUsedAtS).toBeGreaterThan(1e9)
  })

  it('takes nothing a model says for what the disk says', () => {
    const disk = parseScan(scan(shell)) ?? never()
    expect(disk.hub?.path).toBe(hub)
    expect([...disk.folders.keys()].filter((name) => name.includes('alice'))).toEqual([])
  })

  it('does not send the small files of a known revision again', () => {
    const revision = judgeDisk(parseScan(scan(shell)) ?? never(), () => undefined).models.find(
      (m) => m.repo === 'Org/Whole',
    )?.revision
    const disk = parseScan(scan(shell, ` models--Org--Whole@${revision} `)) ?? never()
    const shards = ['model-00001-of-00002.safetensors', 'gone.safetensors']
    const again = judgeDisk(disk, () => ({ shards })).models.find((m) => m.repo === 'Org/Whole')
    expect(again?.config).toBeUndefined()
    expect(again?.reason).toBe('1 of 2 weight files are missing')
  })
})

const never = (): never => {
  throw new Error('the scan was not whole')
}

describe('where the cache lies', () => {
  it.each([
    [
      'HF_HUB_CACHE first',
      { HF_HUB_CACHE: '/h1', HUGGINGFACE_HUB_CACHE: '/h2', HF_HOME: '/h3' },
      '/h1',
    ],
    ['then HUGGINGFACE_HUB_CACHE', { HUGGINGFACE_HUB_CACHE: '/h2', HF_HOME: '/h3' }, '/h2'],
    ['then HF_HOME', { HF_HOME: '~/h3' }, '/none/h3/hub'],
    ['then XDG_CACHE_HOME', { XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    ['then the home', {}, '/none/.cache/huggingface/hub'],
  ])('%s', (_, env: Record<string, string>, expected) => {
    const text = runScript(['dash'], SCAN_SCRIPT, ['', ''], { HOME: '/none', ...env })
    expect(parseScan(text)?.hubMissing).toEqual({ reason: 'missing', path: expected })
  })

  it('thousands of plain folders are told apart', () => {
    const folders = Array.from({ length: 20_000 }, (_, at) => `/srv/models/${at}`)
    const records = folders.map((folder) => `LOCAL\t${folder}\nF\t1\t1\t1\t${folder}/config.json`)
    const disk = parseScan(`${records.join('\n')}\nEND\n`) ?? never()
    expect([...disk.folders.keys()]).toEqual(folders)
    expect(disk.folders.get('/srv/models/7')?.files.has('config.json')).toBe(true)
  })

  it('an output cut short is not taken for a disk', () => {
    expect(parseScan(scan(['dash']).slice(0, -5))).toBeUndefined()
  })
})
