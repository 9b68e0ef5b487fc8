import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Located, Notes } from './notes.ts'
import { type ParsedYaml, parseYaml } from './parse-yaml.ts'

/** A recipe file of spark-vllm-docker (`recipe_version: "1"`) as its fields, each with its line. */
export interface RecipeFile {
  texts: Map<string, Located>
  /** `command` and the file's line of each of its lines. */
  command: { text: string; lines: number[] } | undefined
  lists: Map<string, Located[]>
  tables: Map<string, Map<string, Located>>
  flags: Map<string, { isOn: boolean; line: number }>
}

/** What each key holds; source: `load_recipe` of spark-vllm-docker's run-recipe.py. */
const KEYS: Readonly<Record<string, keyof Readers>> = {
  recipe_version: 'text',
  name: 'text',
  description: 'text',
  container: 'text',
  model: 'text',
  command: 'text',
  mods: 'list',
  build_args: 'list',
  defaults: 'table',
  env: 'table',
  cluster_only: 'flag',
  solo_only: 'flag',
}
const REQUIRED = ['recipe_version', 'name', 'container', 'command']

/** Reads the fields of a recipe file; what is wrong with it goes to the notes. */
export function readRecipeFile(text: string, notes: Notes): RecipeFile {
  const file: RecipeFile = {
    texts: new Map(),
    command: undefined,
    lists: new Map(),
    tables: new Map(),
    flags: new Map(),
  }
  const parsed = parseYaml(text, notes)
  if (!parsed) return file
  const readers = createReaders(file, text, parsed, notes)
  const seen = new Set<string>()
  for (const { key: keyNode, value } of parsed.map.items) {
    const key = isScalar(keyNode) ? String(keyNode.value) : ''
    const line = parsed.lineOf(keyNode)
    const kind = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
    if (!kind) {
      const what = key.slice(0, 80) || 'a key'
      notes.dropped.push({ line, what, because: 'not a key of recipe version 1' })
      continue
    }
    if (seen.has(key)) notes.warnings.push({ line, message: `${key} again: the last one counts` })
    seen.add(key)
    // an empty list or table is often left blank
    if (value && !isBlank(value)) readers[kind](key, value)
  }
  for (const key of REQUIRED) {
    if (!file.texts.has(key)) notes.mistakes.push({ line: 1, message: `${key} is missing` })
  }
  const version = file.texts.get('recipe_version')
  if (version && version.text !== '1') {
    const message = `recipe_version is ${version.text.slice(0, 20)}; it is read as 1`
    notes.warnings.push({ line: version.line, message })
  }
  return file
}

type Readers = Record<'text' | 'list' | 'table' | 'flag', (key: string, node: Node) => void>

function createReaders(
  file: RecipeFile,
  source: string,
  { lineOf }: ParsedYaml,
  notes: Notes,
): Readers {
  const mistake = (node: Node | null | undefined, message: string) =>
    void notes.mistakes.push({ line: lineOf(node), message })
  const textOf = (node: Node | null, what: string): Located | undefined => {
    if (isScalar(node) && !isBlank(node)) return { text: asPython(node), line: lineOf(node) }
    mistake(node, `${what} is not a text or a number`)
    return undefined
  }
  return {
    text(key, node) {
      const found = textOf(node, key)
      if (!found) return
      file.texts.set(key, found)
      if (key !== 'command') return
      // a block begins below its `|`; any other text is taken to stand on one line
      const isBlock = source[node.range?.[0] ?? 0] === '|'
      const lines = found.text.split('\n').map((_, at) => found.line + (isBlock ? at + 1 : 0))
      file.command = { text: found.text, lines }
    },
    list(key, node) {
      if (!isSeq<Node | null>(node)) return mistake(node, `${key} is not a list`)
      const entries = node.items.flatMap((item) => textOf(item, `an entry of ${key}`) ?? [])
      file.lists.set(key, entries)
    },
    table(key, node) {
      if (!isMap<Node, Node | null>(node)) return mistake(node, `${key} is not a table`)
      const table = new Map<string, Located>()
      for (const item of node.items) {
        const name = textOf(item.key, `a name in ${key}`)
        if (name && !item.value) mistake(item.key, `${key}.${name.text} has no value`)
        const value = name && item.value && textOf(item.value, `${key}.${name.text}`)
        if (name && value) table.set(name.text, { ...value, line: name.line })
      }
      file.tables.set(key, table)
    },
    flag(key, node) {
      if (!isScalar(node) || typeof node.value !== 'boolean') {
        return mistake(node, `${key} is not true or false`)
      }
      file.flags.set(key, { isOn: node.value, line: lineOf(node) })
    },
  }
}

const isBlank = (node: Node): boolean => isScalar(node) && node.value === null

/** A value as Python's str() has it, which is what lands in the command. */
function asPython({ value, source }: Scalar): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number' || typeof value === 'bigint') return source ?? String(value)
  return String(value)
}
