import { describe, expect, it } from 'vitest'
import { importRecipe } from './import-recipe.ts'

const FILE = `# a comment of its own
recipe_version: "1"
name: Model-35B
description: what it is
model: Org/Model-35B

container: vllm-node-tf5
build_args:
  - --tf5
mods:
  - mods/fix-model
defaults:
  port: 8000
  host: 0.0.0.0
  tensor_parallel: 2
  gpu_memory_utilization: 0.70
  max_model_len: 262144
env:
  VLLM_MARLIN_USE_ATOMIC_ADD: 1
  HF_TOKEN: hf_secret
command: |
  vllm serve Org/Model-35B \\
    --host {host} --port {port} \\
    --max-model-len {max_model_len} \\
    --gpu-memory-utilization {gpu_memory_utilization} \\
    --kv-cache-dtype fp8 \\
    --load-format fastsafetensors \\
    --moe-backend=marlin \\
    --enable-auto-tool-choice --tool-call-parser qwen3_xml \\
    --reasoning-parser qwen3 \\
    --enable-prefix-caching \\
    --speculative-config '{{"method":"mtp","num_speculative_tokens":3}}' \\
    --served-model-name model-35b \\
    --chat-template fixed.jinja \\
    -tp {tensor_parallel} --distributed-executor-backend ray
`

/** A small good file, with lines put in its place or after it. */
const file = (command: string, more = '') =>
  `recipe_version: "1"\nname: M\ncontainer: vllm-node\n${more}command: |\n  ${command.replaceAll('\n', '\n  ')}\n`
const serve = (words: string) => importRecipe(file(`vllm serve Org/M ${words}`))

describe('a recipe file', () => {
  const { key, recipe, mistakes, warnings, dropped } = importRecipe(FILE)

  it('becomes a recipe', () => {
    expect(mistakes).toEqual([])
    expect(key).toBe('Org--Model-35B')
    expect(recipe).toEqual({
      title: 'Model-35B',
      repo: 'Org/Model-35B',
      nodes: 2,
      tensor_parallel: 2,
      max_model_len: 262144,
      gpu_memory_utilization: 0.7,
      kv_cache_dtype: 'fp8',
      load_format: 'fastsafetensors',
      moe_backend: 'marlin',
      tool_parser: 'qwen3_xml',
      reasoning_parser: 'qwen3',
      image: 'vllm-node-tf5',
      env: { VLLM_MARLIN_USE_ATOMIC_ADD: '1' },
      mods: ['mods/fix-model'],
      args: [
        '--enable-prefix-caching',
        '--speculative-config',
        '{"method":"mtp","num_speculative_tokens":3}',
      ],
      source: 'imported: Model-35B. what it is',
    })
    expect(warnings).toEqual([])
  })

  it('says of each thing left out which, where and why', () => {
    expect(dropped.map(({ line, what }) => [line, what])).toEqual([
      [9, 'build_args: --tf5'],
      [20, 'env: HF_TOKEN'],
      [23, '--host 0.0.0.0'],
      [23, '--port 8000'],
      [33, '--served-model-name model-35b'],
      [34, '--chat-template fixed.jinja'],
      [35, '--distributed-executor-backend ray'],
    ])
    expect(dropped.every(({ because }) => because.length > 10)).toBe(true)
    expect(JSON.stringify(importRecipe(FILE))).not.toContain('hf_secret')
  })

  it('serves what its command says, not its model', () => {
    const { recipe, warnings } = importRecipe(
      FILE.replace('model: Org/Model-35B', 'model: Org/Newer'),
    )
    expect(recipe?.repo).toBe('Org/Model-35B')
    expect(warnings).toEqual([{ line: 5, message: expect.stringContaining('Org/Newer') }])
  })

  it('for one machine runs on one, whatever the command says', () => {
    const { recipe, warnings } = importRecipe(`solo_only: yes\n${FILE}`)
    expect(recipe).toMatchObject({ nodes: 1, tensor_parallel: 1 })
    expect(warnings[0]?.line).toBe(36)
  })

  it('for several machines whose command asks for one part is a mistake', () => {
    const { mistakes } = importRecipe(file('vllm serve Org/M', 'cluster_only: true\n'))
    expect(mistakes).toEqual([{ line: 4, message: expect.stringContaining('one part') }])
  })

  it('may name a key twice, as a known one does; the last counts, as in the original', () => {
    const { recipe, warnings } = importRecipe(file('vllm serve Org/M', 'container: other\n'))
    expect(recipe?.image).toBe('other')
    expect(warnings.map(({ line }) => line)).toContain(4)
  })

  it('without a share of memory gets one, and says so', () => {
    const { recipe, warnings } = serve('')
    expect(recipe?.gpu_memory_utilization).toBe(0.8)
    expect(warnings[0]?.message).toMatch(/share of memory/)
  })
})

describe('the words of a command', () => {
  it.each([
    ['-tp 2', { tensor_parallel: 2, nodes: 2 }],
    ['--tensor-parallel-size=4', { tensor_parallel: 4, nodes: 4 }],
    ['--max_model_len 128k', { max_model_len: 128_000 }],
    ['--max-model-len 128K', { max_model_len: 131_072 }],
    ['--max-model-len 1000 --max-model-len 2000', { max_model_len: 2000 }],
    ['-q fp8', { args: ['--quantization', 'fp8'] }],
    ['--mamba_ssm_cache_dtype float32', { args: ['--mamba-ssm-cache-dtype', 'float32'] }],
    ['--seed -1', { args: ['--seed', '-1'] }],
    [`--hf-overrides '{{"a": "it''s"}}'`, { args: ['--hf-overrides', '{"a": "its"}'] }],
    ['--hf-overrides "{{\\"a\\": 1}}"', { args: ['--hf-overrides', '{"a": 1}'] }],
    ['--hf-overrides={{}}', undefined],
    ['--seed 1 # --seed 2', { args: ['--seed', '1'] }],
    ['--seed \\\n  1', { args: ['--seed', '1'] }],
  ])('%s', (words, wanted) => {
    const { recipe, mistakes } = serve(words)
    if (wanted) expect(recipe).toMatchObject(wanted)
    else expect(mistakes[0]?.message).toMatch(/quote it/)
  })

  it('may be preceded by variables, and by commands that are left out', () => {
    const script = 'export VLLM_A=1\nsleep 5\nVLLM_B="2" vllm serve Org/M'
    const { recipe, dropped } = importRecipe(file(script))
    expect(recipe?.env).toEqual({ VLLM_A: '1', VLLM_B: '2' })
    expect(dropped).toMatchObject([{ line: 6, what: 'sleep 5' }])
  })

  it.each([
    ['$(reboot)', /none runs here/],
    ['--seed `id`', /none runs here/],
    ['--seed "$SEED"', /none runs here/],
    ['--seed 1 && reboot', /joins two commands/],
    ['--seed 1 > /etc/passwd', /writes a file/],
    ['--hf-overrides {{"a":1,"b":2}}', /quote it/],
    [`--seed 'open`, /never closed/],
    ['--seed {seed}', /no value in defaults/],
    ['--seed {0.x}', /not a name/],
    ['--seed }', /doubled/],
    ['--tensor-parallel-size', /wants one value/],
    ['-pp 2', /tensor_parallel only/],
    ['--kv-cache-dtype turbo', /^kv_cache_dtype: /],
    ['--max-model-len many', /^max_model_len: /],
    ['--gpu-memory-utilization 112', /^gpu_memory_utilization: /],
    ['-tp 99', /^nodes: |^tensor_parallel: /],
    ['--seed 1 2', /^args\.3: /],
    ['--seed=1 again', /belongs to no flag/],
    ['; vllm serve Org/N', /a second vllm serve/],
  ])('with %s is a mistake at its line', (words, message) => {
    const { recipe, key, mistakes } = importRecipe(
      file(`vllm serve Org/M --enforce-eager \\\n  ${words}`),
    )
    expect([recipe, key]).toEqual([null, null])
    expect(mistakes).toContainEqual({ line: 6, message: expect.stringMatching(message) })
  })

  it.each([
    ['sleep 5', /no vllm serve/],
    ['vllm serve', /names no model/],
    ['vllm serve /models/mine', /not a repo id/],
    ['vllm serve ../../etc', /not a repo id/],
  ])('%s is no command to carry over', (command, message) => {
    expect(importRecipe(file(command)).mistakes[0]?.message).toMatch(message)
  })

  it('name a parser that is not known: a warning, for a newer image may have it', () => {
    const { recipe, warnings } = serve('--reasoning-parser nano_v3')
    expect(recipe?.reasoning_parser).toBe('nano_v3')
    expect(warnings[0]).toMatchObject({ line: 5, message: expect.stringContaining('nano_v3') })
  })

  it('never repeats what may be a secret', () => {
    const answer = JSON.stringify(serve('--api-key sk-1 --hf-token=hf_2 --api-key sk-3'))
    expect(answer).toContain('--api-key')
    expect(answer).not.toMatch(/sk-1|hf_2|sk-3/)
  })
})

describe('a file that is no recipe', () => {
  it.each([
    ['', 1, /no keys/],
    ['- a\n', 1, /no keys/],
    ['name: [\n', 2, /not YAML/],
    ['a: &x 1\nname: *x\n', 2, /alias/],
    ['name: !!python/object:os.system x\n', 1, /tag/],
    ['name: !mine x\n', 1, /tag/],
    ['[[[[[[[['.repeat(2000), 1, /nested/],
    [`${'- '.repeat(3000)}x`, 1, /nested/],
    [`name: ${'x'.repeat(70_000)}`, 1, /64 KiB/],
    ['name: {a: 1}\n', 1, /not a text/],
    ['defaults: 5\n', 1, /not a table/],
    ['mods: x\n', 1, /not a list/],
    ['solo_only: perhaps\n', 1, /not true or false/],
    ['name: x\nenv:\n  A:\n', 3, /A/],
  ])('%# is refused with its line', (text, line, message) => {
    const { recipe, mistakes } = importRecipe(text)
    expect(recipe).toBeNull()
    expect(mistakes).toContainEqual({ line, message: expect.stringMatching(message) })
  })

  it('names every key that is missing', () => {
    const messages = importRecipe('description: x\n').mistakes.map(({ message }) => message)
    expect(messages).toEqual([
      'recipe_version is missing',
      'name is missing',
      'container is missing',
      'command is missing',
    ])
  })

  it('made of thousands of mistakes is answered with the first hundred', () => {
    expect(importRecipe('&a '.repeat(20_000)).mistakes).toHaveLength(100)
    expect(importRecipe('a b: 1\n'.repeat(5_000)).dropped).toHaveLength(100)
  })

  it('with a bomb of aliases is refused before it goes off', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x]']
    for (let at = 1; at < 30; at++) {
      lines.push(
        `a${at}: &a${at} [${Array(9)
          .fill(`*a${at - 1}`)
          .join(',')}]`,
      )
    }
    expect(importRecipe(lines.join('\n')).mistakes[0]?.message).toMatch(/alias/)
  })
})
