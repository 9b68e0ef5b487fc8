import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fitsGlob } from './glob.ts'
import { findParsers } from './parsers.ts'
import { keyOf } from './patterns.ts'
import { type Recipe, recipeMistakes } from './recipe.ts'
import { createBook } from './recipe-book.ts'

const FOLDER = new URL('../recipes/', import.meta.url)
const files = readdirSync(FOLDER)
const read = (file: string) => parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recipe
const shipped = files.map((file) => ({
  key: file.replace('.yaml', ''),
  source: 'shipped' as const,
  recipe: read(file),
}))
const book = createBook(shipped)

/** `model_type` of each family's config.json. */
const MODEL_TYPES: readonly [RegExp, string][] = [
  [/Qwen3-(4B|8B)/, 'qwen3'],
  [/Qwen3-(30B|235B)/, 'qwen3_moe'],
  [/Qwen3-Coder-Next/, 'qwen3_next'],
  [/Qwen3\.[56]-27B/, 'qwen3_5'],
  [/Qwen3\.[56]-\d+B-A\d+B/, 'qwen3_5_moe'],
  [/gpt-oss/, 'gpt_oss'],
  [/gemma-4/i, 'gemma4'],
  [/GLM-4\.7-Flash/, 'glm4_moe_lite'],
  [/GLM-4\.[57]/, 'glm4_moe'],
  [/MiniMax-M2/, 'minimax_m2'],
  [/Nemotron-3/, 'nemotron_h'],
  [/DeepSeek-V4/, 'deepseek_v4'],
  [/DeepSeek-V3\.2/, 'deepseek_v32'],
  [/DeepSeek-V3\.1/, 'deepseek_v3'],
  [/Llama/, 'llama'],
]

describe('the shipped recipes', () => {
  it.each(files)('%s is valid, named after its repo, and says where it comes from', (file) => {
    const recipe = parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recipe
    expect(recipeMistakes(recipe)).toEqual([])
    expect(file).toBe(`${keyOf(recipe.repo)}.yaml`)
    expect(recipe.source).toMatch(/\S/)
  })

  it.each(files)('%s has the parsers its family has where none is written', (file) => {
    const { repo, tool_parser: tool, reasoning_parser: reasoning } = read(file)
    const type = MODEL_TYPES.find(([name]) => name.test(repo))?.[1]
    expect(type, `the family of ${repo}`).toBeDefined()
    const row = findParsers(repo, type ?? '')
    expect({ tool, reasoning }).toEqual({ tool: row?.tool, reasoning: row?.reasoning })
  })

  it('no two share a pattern or a title', () => {
    const globs = shipped.flatMap(({ recipe }) => recipe.match ?? [])
    expect(new Set(globs).size).toBe(globs.length)
    const titles = shipped.map(({ recipe }) => recipe.title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('every pattern fits a repo that is named like the one it was made for', () => {
    for (const { recipe } of shipped) {
      for (const glob of recipe.match ?? []) {
        const like = glob.replace('*', 'Someone').replaceAll('*', '')
        expect(fitsGlob(glob, like)).toBe(true)
        expect(book.find(like)?.match, like).toEqual({ repo: recipe.repo, glob })
      }
    }
  })

  it.each([
    ['Qwen/Qwen3.6-35B-A3B', 'Qwen/Qwen3.6-35B-A3B-FP8', 'Qwen3.6 35B'],
    ['cyankiwi/Qwen3.6-35B-A3B-AWQ-4bit', 'Qwen/Qwen3.6-35B-A3B-FP8', 'Qwen3.6 35B AWQ 4bit'],
    ['RedHatAI/Qwen3.6-35B-A3B-NVFP4', 'nvidia/Qwen3.6-35B-A3B-NVFP4', 'Qwen3.6 35B NVFP4'],
    ['nvidia/Qwen3-8B-FP4', 'Qwen/Qwen3-8B', 'Qwen3 8B FP4'],
    ['QuantTrio/GLM-4.7-Flash-AWQ', 'cyankiwi/GLM-4.7-Flash-AWQ-4bit', 'GLM 4.7 Flash 4 bit AWQ'],
    ['meta-llama/Llama-3.1-8B-Instruct', 'nvidia/Llama-3.1-8B-Instruct-FP8', 'Llama 3.1 8B'],
  ])('%s is launched as %s is', (repo, own, title) => {
    const found = book.find(repo)
    expect([found?.match?.repo, found?.recipe.title, found?.recipe.repo]).toEqual([
      own,
      title,
      repo,
    ])
  })

  it.each([
    'Qwen/Qwen3-30B-A3B-Instruct-2507-FP8',
    'Qwen/Qwen3.5-397B-A17B-FP8',
    'Qwen/Qwen3.5-122B-A10B',
    'meta-llama/Llama-3.1-70B-Instruct',
    'someone/Huihui-Qwen3.6-35B-A3B-abliterated',
  ])('%s is none of theirs: it differs in size or kind', (repo) => {
    expect(book.find(repo)).toBeUndefined()
  })
})

const good = {
  title: 'A model',
  repo: 'Org/Model',
  tensor_parallel: 1,
  nodes: 1,
  gpu_memory_utilization: 0.8,
}

describe('a recipe', () => {
  it('with only what is needed is good', () => {
    expect(recipeMistakes(good)).toEqual([])
  })

  it.each([
    ['an unknown key', { color: 'red' }, ['color']],
    ['a repo with ..', { repo: 'Org/..' }, ['repo']],
    ['a repo that is an option', { repo: '--help' }, ['repo']],
    ['a repo with a newline', { repo: 'Org/Model\n' }, ['repo']],
    ['a pattern of several folders', { match: ['a/b/*'] }, ['match.0']],
    ['an image with a semicolon', { image: 'vllm;reboot' }, ['image']],
    ['a parser with a space', { tool_parser: 'a b' }, ['tool_parser']],
    ['a mod outside the folder', { mods: ['../../etc'] }, ['mods.0']],
    ['an env value with a space', { env: { VLLM_X: 'a b' } }, ['env.VLLM_X']],
    ['an env key that is not the engine’s', { env: { LD_PRELOAD: 'x' } }, ['env.LD_PRELOAD']],
    ['a secret in env', { env: { HF_TOKEN: 'x' } }, ['env.HF_TOKEN']],
    ['a flag the launcher owns', { args: ['--node-rank', '1'] }, ['args.0']],
    ['a flag that opens a port', { args: ['--host=0.0.0.0'] }, ['args.0']],
    ['an api key', { args: ['--api-key', 'x'] }, ['args.0']],
    ['a flag nobody knows', { args: ['--launch-rockets'] }, ['args.0']],
    ['a short flag', { args: ['-tp', '4'] }, ['args.0', 'args.1']],
    ['a value without its flag', { args: ['--enforce-eager', 'a', 'b'] }, ['args.2']],
    ['a line break in a value', { args: ['--seed', '1\n2'] }, ['args.1']],
    ['more parts than machines', { nodes: 2, tensor_parallel: 4 }, ['tensor_parallel']],
    [
      'several at once',
      { repo: '-x', nodes: 0, args: ['--port', '1'] },
      ['args.0', 'nodes', 'repo'],
    ],
  ])('with %s names every bad field', (_, change, paths) => {
    const found = recipeMistakes({ ...good, ...change }).map(({ path }) => path)
    expect(found.toSorted()).toEqual(paths)
  })

  it('says why a flag is none of a recipe, also one with a name every object knows', () => {
    const [mistake] = recipeMistakes({ ...good, args: ['--constructor=x'] })
    expect(mistake?.message).toBe(
      '--constructor is not among the flags a recipe may set (plugins/vllm/recipe/flags.ts)',
    )
  })

  it('takes quoted JSON as a value, and numbers below zero', () => {
    const args = ['--speculative-config', '{"method":"mtp"}', '--seed', '-1', '--hf-overrides={}']
    expect(recipeMistakes({ ...good, args })).toEqual([])
  })

  it('that is no object is refused as a whole', () => {
    expect(recipeMistakes('x')[0]?.path).toBe('')
  })
})
