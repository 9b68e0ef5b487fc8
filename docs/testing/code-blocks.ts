import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** A fenced block of a page. */
export interface CodeBlock {
  page: string
  /** Line of the opening fence. */
  line: number
  language: string
  /** What stands behind the language: the name of the file it is, mostly. */
  name: string
  text: string
}

/** Every page that is read by people: the two at the top, docs/ and those of the kinds. */
export const pages = (): string[] => [
  ...['README.md', 'AGENTS.md', 'instructions.md', 'startos/README.md'],
  ...below('docs'),
  ...below('plugins').filter((path) => /^plugins\/[^/]+\/README\.md$/.test(path)),
]

const below = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort()

/** The blocks of a page, indented ones too. Throws where a fence is never closed. */
export function codeBlocks(page: string, text = read(page)): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { indent: string; block: CodeBlock; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, indent = '', language = '', name = ''] = /^( *)```(\S*) ?(.*)$/.exec(line) ?? []
    if (!/^ *```/.test(line)) open?.lines.push(line.slice(open.indent.length))
    else if (open) {
      blocks.push({ ...open.block, text: open.lines.map((each) => `${each}\n`).join('') })
      open = undefined
    } else open = { indent, lines: [], block: { page, line: index + 1, language, name, text: '' } }
  }
  if (open) throw new Error(`${page}:${open.block.line} is never closed`)
  return blocks
}

/** The text of a page's blocks of these names, one after the other, for the test that runs them. */
export function shellBlock(page: string, ...names: string[]): string {
  const blocks = codeBlocks(page)
  return names
    .map((name) => {
      const found = blocks.find((block) => block.language === 'sh' && block.name === name)
      if (!found) throw new Error(`${page} has no block \`\`\`sh ${name}`)
      return found.text
    })
    .join('')
}

/** The tests that take a block by `shellBlock`; by page and name, as in `docs/install.md npm`. */
export function testsThatRun(): Map<string, string> {
  const tests = new Map<string, string>()
  const files = globSync('**/*.test.ts', { cwd: ROOT, exclude: ['**/node_modules', 'dist'] })
  for (const file of files)
    for (const [, page, names = ''] of read(file).matchAll(/shellBlock\(\s*'([^']+)',([^)]+)\)/g))
      for (const [, name] of names.matchAll(/'([^']+)'/g)) tests.set(`${page} ${name}`, file)
  return tests
}

/** The tests that run every `sh` block of a page by `runDocExamples`, which wants the address first; by the page. */
export function pagesThatRun(): Map<string, string> {
  const folder = 'core/testing/integration'
  const runs = new Map<string, string>()
  for (const name of readdirSync(join(ROOT, folder))) {
    const text = read(`${folder}/${name}`)
    if (!text.includes('runDocExamples(')) continue
    for (const [, page = ''] of text.matchAll(/(?:docs\/|['"])((?:[\w-]+\/)?[\w-]+\.md)['"]/g))
      if (existsSync(join(ROOT, 'docs', page)) && beginsWithAddress(`docs/${page}`))
        runs.set(`docs/${page}`, `${folder}/${name}`)
  }
  return runs
}

const beginsWithAddress = (page: string): boolean =>
  codeBlocks(page)
    .find(({ language }) => language === 'sh')
    ?.text.startsWith('SPARK=http') === true
