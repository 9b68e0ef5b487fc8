import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from '@sinclair/typebox/value'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadCatalog } from '../core/catalog.ts'
import { kindFacts } from '../core/check-file.ts'
import { formatDiagnostics } from '../core/topology/format.ts'
import { loadTopology } from '../core/topology/load.ts'
import { Root } from '../core/topology/schema.ts'
import {
  type CodeBlock,
  codeBlocks,
  pages,
  pagesThatRun,
  ROOT,
  read,
  testsThatRun,
} from './testing/code-blocks.ts'

const { kinds } = await loadCatalog()
const runs = pagesThatRun()
const runByName = testsThatRun()
type Check = [how: string, check: () => void]

/** A page whose named blocks are written to files and used by a test of its own. */
const BUILT = 'docs/write-a-plugin.md'

/** How a block is checked; none: nobody does. */
function checkOf(block: CodeBlock): Check | undefined {
  const { page, language, name, text } = block
  if (page === BUILT)
    return ['is built and called by write-a-plugin.test.ts', () => isNamedIn(name)]
  if (language === 'sh') {
    const byName = runByName.get(`${page} ${name}`)
    if (byName !== undefined) return [`is run by ${byName}`, () => undefined]
    const test = runs.get(page)
    if (name !== '' || test === undefined)
      return ['is run by no test', () => expect.unreachable('name it for a test that runs it')]
    return [`is run by ${test}`, () => expect(read(test)).toContain('runDocExamples(')]
  }
  if (language === 'json') return ['is JSON', () => void JSON.parse(text)]
  if (language === 'yaml') return yamlCheck(text)
  if (language === 'ts' || language === 'js')
    return ['is type-checked by code-types.test.ts', () => expect(text.trim()).not.toBe('')]
  if (language === 'promql') return ['names metrics of our pages', () => none(strangeMetrics(text))]
  if (language === 'ssh-config')
    return ['has directives of ssh_config', () => none(strangeWords(text))]
  if (language === 'tree') return ['names files that there are', () => none(missingFiles(text))]
  if (language === 'mistakes') return ['is what check prints', () => expect(text).toBe(printed())]
  return undefined
}

const none = (mistakes: readonly string[]): void => expect(mistakes).toEqual([])

function isNamedIn(name: string): void {
  expect(read('docs/write-a-plugin.test.ts')).toContain('page.matchAll(')
  expect(name).toMatch(/^[\w/-]+\.(ts|yaml)$/)
}

function yamlCheck(text: string): Check {
  const value = parse(text) as Record<string, unknown>
  const keys = Object.keys(value)
  if (keys.every((key) => key in Root.properties))
    return ['is part of a topology', () => none(mistakesOf(text))]
  if ('repo' in value) return ['is part of a recipe', () => none(recipeMistakes(value))]
  return ['is YAML', () => expect(keys).not.toEqual([])]
}

/** Machines that fragments speak of without saying where they are. */
const HOSTS = ['spark-1', 'spark-2', 'desk', 'server']
  .map((id, index) => `  ${id}: { address: 192.168.1.${101 + index}, user: alice }\n`)
  .join('')

function mistakesOf(text: string): string[] {
  const whole = /^hosts:/m.test(text) ? text : `${text}\nhosts:\n${HOSTS}`
  const { diagnostics } = load(whole)
  return diagnostics
    .filter(({ severity, code }) => severity === 'error' && code !== 'ENV_MISSING')
    .map(({ path, message }) => `${path}: ${message}`)
}

const load = (text: string) =>
  loadTopology({
    ...{ text, file: 'topology.yaml', kinds: kindFacts({ kinds, problems: [] }) },
    ...{ env: {}, readFile: () => 'taken as given', reservedSegments: [] },
  })

function recipeMistakes(value: unknown): string[] {
  const shapes = [...kinds.values()].flatMap(({ plugin }) => plugin.recipe ?? [])
  const mistakes = shapes.map((shape) =>
    [...Value.Errors(shape, value)]
      .filter(({ value: given }) => given !== undefined)
      .map(({ path, message }) => `${path}: ${message}`),
  )
  return mistakes.find((each) => each.length === 0) ?? mistakes[0] ?? ['no kind has recipes']
}

function strangeMetrics(text: string): string[] {
  const told = [...kinds.keys()].map((kind) => read(`plugins/${kind}/README.md`)).join('')
  const known = (told + read('docs/metrics.md').replaceAll(/```promql.*?```/gs, '')).replaceAll(
    /(\w+:)?\{([\w,]+)\}(\w*)/g,
    (_, before = '', names: string, after: string) =>
      names
        .split(',')
        .map((name) => `${before}${name}${after}`)
        .join(' '),
  )
  const names = [...text.matchAll(/\b\w+:\w+\b/g)].map(([name]) => name.replace(/_bucket$/, ''))
  return names.filter((name) => !known.includes(name))
}

const strangeWords = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim().split(' ')[0] ?? '')
    .filter(
      (word) => !['', 'Host', 'HostName', 'User', 'IdentityFile', 'IdentitiesOnly'].includes(word),
    )

/** Lines begin with files, or folders with what is in them: `  jobs/ events/   what they do`. */
function missingFiles(text: string): string[] {
  let folder = ''
  return text.split('\n').flatMap((line) => {
    const [words = ''] = line.trimStart().split(/ {2,}/)
    const names = words.split(' ').filter((word) => /^[\w.-]+(\/|\.\w+)+$/.test(word))
    if (!line.startsWith(' ')) folder = names[0] ?? ''
    const places = (name: string) => [name, join(folder, name)]
    return names.filter((name) => !places(name).some((place) => existsSync(join(ROOT, place))))
  })
}

/** What docs/topology.md shows of a misspelt host, made by the code that prints it. */
function printed(): string {
  const hosts = ['cluster: home', 'hosts:', ...HOSTS.trimEnd().split('\n').slice(0, 2)]
  const lines = [
    ...hosts,
    ...Array(8).fill('#'),
    'services:',
    '  llm: { kind: vllm, host: sparc-1 }',
  ]
  return `${formatDiagnostics(load(`${lines.join('\n')}\n`).diagnostics).trimEnd()}\n`
}

const blocks = pages().flatMap((page) => codeBlocks(page))

it('finds the blocks of every page', () => {
  expect(blocks.length).toBeGreaterThan(80)
  expect(codeBlocks('x', 'a\n  ```sh\n  ls\n  ```\n')).toMatchObject([
    { line: 2, language: 'sh', text: 'ls\n' },
  ])
})

it('a shell block that no test runs, a key and a metric that there are not are mistakes', () => {
  const block = { page: 'docs/hardware.md', line: 1, language: 'sh', name: '', text: 'ls\n' }
  expect(checkOf(block)?.[1]).toThrow()
  expect(mistakesOf('services: { llm: { kind: vllm, host: spark-1, gpu: [0] } }')).toHaveLength(1)
  expect(recipeMistakes({ repo: 'a/b', tensor_paralel: 2 })).not.toEqual([])
  expect(strangeMetrics('rate(vllm:nothing_total[1m])')).toEqual(['vllm:nothing_total'])
})

it.each(
  blocks.map((block): [string, string, CodeBlock] => [
    `${block.page}:${block.line}`,
    `${block.language} ${checkOf(block)?.[0] ?? '(nobody checks this language)'}`,
    block,
  ]),
)('%s, %s', (_place, _how, block) => {
  const [, check] = checkOf(block) ?? []
  expect(check, `"${block.language}" is no language that is checked`).toBeDefined()
  check?.()
})
