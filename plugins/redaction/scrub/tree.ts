import { BINARY_KEYS } from './binary.ts'
import { jsonTextLeaf } from './json-text.ts'
import { type Leaf, nameLeaf, numberLeaf, textLeaf } from './leaf.ts'
import { refuse } from './refusal.ts'

/** A value with its leaves taken out, from which the same shape is made again. */
export type Tree =
  | { leaf: Leaf }
  | { list: Tree[] }
  | { map: { key: Leaf | string; value: Tree }[] }
  | { asIs: unknown }

const DEEPEST = 100
const MOST_LEAVES = 100_000

/** Every leaf of a tree, in order; throws TOO_MANY_PARTS. */
export function leavesOf(tree: Tree): Leaf[] {
  const leaves: Leaf[] = []
  walkTree(tree, (leaf) => {
    if (leaves.length >= MOST_LEAVES) throw refuse('TOO_MANY_PARTS')
    leaves.push(leaf)
  })
  return leaves
}

/** Visits leaves in order with their places by RFC 6901; `nameOf` says what a key is called there. */
export function walkTree(
  tree: Tree,
  visit: (leaf: Leaf, pointer: string, isKey: boolean) => void,
  nameOf: (key: Leaf) => string = (key) => key.text,
  pointer = '',
): void {
  if ('leaf' in tree) visit(tree.leaf, pointer, false)
  else if ('list' in tree)
    for (const [n, item] of tree.list.entries()) walkTree(item, visit, nameOf, `${pointer}/${n}`)
  else if ('map' in tree)
    for (const { key, value } of tree.map) {
      const at = below(pointer, typeof key === 'string' ? key : nameOf(key))
      if (typeof key !== 'string') visit(key, at, true)
      walkTree(value, visit, nameOf, at)
    }
}

/** The value of a tree with what has become of its leaves. */
export function rebuild(tree: Tree, contentOf: (leaf: Leaf) => unknown): unknown {
  if ('leaf' in tree) return contentOf(tree.leaf)
  if ('list' in tree) return tree.list.map((item) => rebuild(item, contentOf))
  if ('asIs' in tree) return tree.asIs
  const entries = tree.map.map(({ key, value }): [string, unknown] => [
    typeof key === 'string' ? key : String(contentOf(key)),
    rebuild(value, contentOf),
  ])
  // own properties whatever they are called, "__proto__" too
  return Object.fromEntries(entries)
}

/** What a value of JSON is called, how deep it lies, and whether it lies in a picture or sound. */
interface Where {
  label?: string
  depth?: number
  isBinary?: true
}

/** Any JSON: texts, numbers and keys are leaves; true, false and null say nothing. */
export function jsonTree(value: unknown, where: Where = {}): Tree {
  const { depth = 0, ...told } = where
  if (depth > DEEPEST) throw refuse('TOO_DEEP')
  if (typeof value === 'string') return { leaf: textLeaf(value, told) }
  if (typeof value === 'number') return { leaf: safeNumber(value, told) }
  const inner = { ...where, depth: depth + 1 }
  if (Array.isArray(value)) return { list: value.map((item) => jsonTree(item, inner)) }
  if (!isMap(value)) return { asIs: value }
  return {
    map: Object.entries(value).map(([key, item]) => ({
      key: nameLeaf(key),
      value: memberTree(key, item, { ...inner, label: key }),
    })),
  }
}

function memberTree(key: string, value: unknown, where: Where): Tree {
  if (typeof value !== 'string') return jsonTree(value, where)
  if (BINARY_KEYS.has(key)) return jsonTree(value, { ...where, isBinary: true })
  const json = key === 'arguments' ? jsonTextLeaf(value) : undefined
  return json ? { leaf: json } : jsonTree(value, where)
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const below = (pointer: string, key: string): string =>
  `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

function safeNumber(value: number, told: Where): Leaf {
  // what was rounded when it was read would come back as another number
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) throw refuse('NUMBER_UNSAFE')
  return numberLeaf(value, told)
}
