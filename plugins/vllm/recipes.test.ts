import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { keyOf } from './patterns.ts'
import { type Recipe, recipeMistakes } from './recipe.ts'

const FOLDER = new URL('./recipes/', import.meta.url)
const files = readdirSync(FOLDER)

describe('the shipped recipes', () => {
  it.each(files)('%s is valid, named after its repo, and says where it comes from', (file) => {
    const recipe = parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Recipe
    expect(recipeMistakes(recipe)).toEqual([])
    expect(file).toBe(`${keyOf(recipe.repo)}.yaml`)
    expect(recipe.source).toMatch(/\S/)
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

  it('takes quoted JSON as a value, and numbers below zero', () => {
    const args = ['--speculative-config', '{"method":"mtp"}', '--seed', '-1', '--hf-overrides={}']
    expect(recipeMistakes({ ...good, args })).toEqual([])
  })

  it('that is no object is refused as a whole', () => {
    expect(recipeMistakes('x')[0]?.path).toBe('')
  })
})
