import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recipeMistakes } from '../recipe/recipe.ts'
import { NAMES } from './fields.ts'
import { readOldModel } from './read-model.ts'

const read = (fields: Record<string, unknown>, overridden: string[] = []) =>
  readOldModel({
    ...{ id: 'a', fields: new Map(Object.entries(fields)) },
    overridden: new Set(overridden),
  })
const recipeOf = (fields: Record<string, unknown>) => read(fields).file?.recipe

describe('an entry of models.yaml', () => {
  it('with the call of its launcher becomes a recipe', () => {
    const { file, understood, notes, checks } = read({
      name: 'Qwen3 30B',
      repo: 'Qwen/Qwen3-30B-A3B-FP8',
      launch:
        'cd ~/spark-vllm-docker && ./launch-cluster.sh --solo -d -t vllm-node -e VLLM_A=1 -e HF_TOKEN=hf_x ' +
        '--apply-mod mods/one exec vllm serve Qwen/Qwen3-30B-A3B-FP8 --port {port} -tp 1 ' +
        '--max-model-len 32k --gpu-memory-utilization 0.7 --trust-remote-code --api-key sk-1',
      port: 8888,
      estimated_seconds: 240,
      color: 'blue',
    })
    expect(file).toMatchObject({
      key: 'Qwen--Qwen3-30B-A3B-FP8',
      recipe: {
        names: ['a'],
        ...{ title: 'Qwen3 30B', nodes: 1, max_model_len: 32_000, gpu_memory_utilization: 0.7 },
        ...{ image: 'vllm-node', env: { VLLM_A: '1' }, mods: ['mods/one'] },
        args: ['--trust-remote-code'],
      },
    })
    expect(checks).toEqual({})
    expect([...understood].sort()).toEqual(['estimated_seconds', 'launch', 'name', 'port', 'repo'])
    const said = notes.map(({ text }) => text).join('\n')
    for (const part of ['-e HF_TOKEN', '--port 8888', '--api-key', 'cd ~/spark-vllm-docker'])
      expect(said).toContain(part)
    expect(said).not.toMatch(/hf_x|sk-1/)
  })

  it('may have its numbers in quotes', () => {
    const given = { repo: 'Org/M', max_model_len: '32k', gpu_mem: '0.85', tp: '2' }
    const numbers = { max_model_len: 32_000, gpu_memory_utilization: 0.85, nodes: 2 }
    expect(recipeOf(given)).toMatchObject(numbers)
  })

  it.each([
    [{ mode: 'solo' }, 1, undefined],
    [{ solo: true }, 1, undefined],
    [{ mode: 'cluster' }, 2, /how many/],
    [{ mode: 'cluster', tensor_parallel: 2 }, 2, undefined],
    [{ tp: 4 }, 4, undefined],
    [{ mode: 'solo', tp: 2 }, 1, /yet 2 parts/],
    [{ mode: 'cluster', tp: 1 }, 2, /two machines/],
    [{ args: ['-tp 2'] }, 2, undefined],
    [{ args: '--max-num-seqs 8' }, 1, undefined],
    [{ command: 'launch-cluster.sh -n x,y exec vllm serve Org/M -tp 2' }, 2, undefined],
  ])('spans machines as it says: %j', (fields, nodes, check) => {
    const { file, checks } = read({ repo: 'Org/M', ...fields })
    expect(file?.recipe).toMatchObject({ nodes, tensor_parallel: nodes })
    if (check) expect(checks.nodes).toMatch(check)
    else expect(checks.nodes).toBeUndefined()
  })

  it.each([
    [{ args: ['--max-num-seqs', 8] }, ['--max-num-seqs', '8']],
    [
      { args: { 'max-num-seqs': 8, 'enforce-eager': true, seed: false } },
      ['--max-num-seqs', '8', '--enforce-eager'],
    ],
    [{ flags: '--seed 1' }, ['--seed', '1']],
    [{ command: '--seed 1' }, ['--seed', '1']],
    [{ cmd: ['vllm', 'serve', 'Org/M', '--seed', '1'] }, ['--seed', '1']],
  ])('gives its flags in any form: %j', (fields, args) => {
    expect(recipeOf({ repo: 'Org/M', ...fields })?.args).toEqual(args)
  })

  it.each([
    'export HF_TOKEN=hf_x1; ./launch-cluster.sh --solo exec vllm serve Org/M',
    'HF_TOKEN=hf_x1 ./launch-cluster.sh -eHF_TOKEN=hf_x1 -e HF_TOKEN=hf_x1 exec vllm serve Org/M',
    'hf auth login --token hf_x1; HF_TOKEN=hf_x1 vllm serve Org/M --api-key hf_x1 --hf-token=hf_x1',
  ])('tells nothing of a secret in its command: %s', (cmd) => {
    const became = read({ repo: 'Org/M', cmd })
    expect(became.file?.recipe).toMatchObject({ repo: 'Org/M' })
    expect(JSON.stringify(became)).not.toContain('hf_x1')
  })

  it('says a thing twice: the command counts and it is told, unless an override said it', () => {
    const fields = {
      repo: 'Org/M',
      max_model_len: 4096,
      cmd: 'vllm serve Org/M --max-model-len 8192',
    }
    const { file, notes } = read(fields)
    expect(file?.recipe.max_model_len).toBe(8192)
    expect(notes.map(({ text }) => text).join()).toContain('max_model_len is 4096')
    expect(read(fields, ['max_model_len']).file?.recipe.max_model_len).toBe(4096)
  })

  it('whose command needs a shell keeps it untouched, and says why', () => {
    const { file, understood, notes } = read({
      repo: 'Org/M',
      solo: true,
      cmd: 'vllm serve $M | x',
    })
    expect(understood.has('cmd')).toBe(false)
    expect(notes).toContainEqual({ field: 'cmd', text: expect.stringContaining('$M') })
    expect(file?.recipe).toMatchObject({ repo: 'Org/M', nodes: 1 })
  })

  it('that says nothing of its launch leaves it to our own settings', () => {
    const { file, notes } = read({ repo: 'Org/M', title: 'M', eta: 5 })
    expect(file).toBeNull()
    expect(notes.at(-1)?.text).toContain('our own settings count')
  })

  it.each([[{ model: '/models/x', solo: true }], [{ solo: true }], [{}]])(
    'without a repository is no recipe: %j',
    (fields) => {
      const { file, notes } = read(fields)
      expect(file).toBeNull()
      expect(notes.at(-1)?.text).toContain('names no repository')
    },
  )

  it('marks a share of memory nobody named', () => {
    expect(read({ repo: 'Org/M', solo: true }).checks.gpu_memory_utilization).toMatch(
      /nothing named/,
    )
  })

  it('gives a good recipe or none, whatever it holds', () => {
    const field = fc.constantFrom(...Object.values(NAMES).flat(), 'max_len', 'tp', 'kv_dtype', 'x')
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('Org/M', 'solo', 'vllm serve Org/M --seed', ['--seed 1'], 0.7, 2, true),
    )
    fc.assert(
      fc.property(fc.dictionary(field, value, { maxKeys: 8 }), (fields) => {
        const { file, understood } = read(fields)
        if (file) expect(recipeMistakes(file.recipe)).toEqual([])
        for (const name of understood) expect(fields).toHaveProperty([name])
      }),
    )
  })
})
