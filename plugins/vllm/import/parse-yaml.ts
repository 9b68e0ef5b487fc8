import { isMap, LineCounter, type Node, parseDocument, visit, type YAMLMap } from 'yaml'
import type { Notes } from './notes.ts'

/** The largest file that is read, in bytes. */
export const MOST_BYTES = 64 * 1024
/** Nothing real is nested deeper; a parser that goes down by itself would run out of stack. */
const DEEPEST = 32

export interface ParsedYaml {
  map: YAMLMap<Node, Node | null>
  /** Line of a node, 1 the first. */
  lineOf(node: Node | null | undefined): number
}

/** Parses a file that somebody else wrote. Tags and aliases are refused: they build what is not written. */
export function parseYaml(text: string, notes: Notes): ParsedYaml | undefined {
  const before = notes.mistakes.length
  const mistake = (line: number, message: string) => notes.mistakes.push({ line, message })
  if (new TextEncoder().encode(text).length > MOST_BYTES) {
    mistake(1, `is larger than ${MOST_BYTES / 1024} KiB`)
    return undefined
  }
  if (isTooDeep(text)) {
    mistake(1, `is nested more than ${DEEPEST} deep`)
    return undefined
  }
  const lineCounter = new LineCounter()
  const lineAt = (at = 0) => Math.max(1, lineCounter.linePos(at).line)
  const lineOf = (node: Node | null | undefined) => lineAt(node?.range?.[0])
  const doc = parseDocument(text, {
    // the original is read by PyYAML: it speaks 1.1 (yes is true) and takes the last of two keys
    version: '1.1',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter,
  })
  for (const { pos, message } of doc.errors) mistake(lineAt(pos[0]), `is not YAML: ${message}`)
  visit(doc, {
    Alias: (_, alias) => {
      mistake(
        lineOf(alias),
        `the alias *${alias.source.slice(0, 40)} is not followed: write it out`,
      )
    },
    Value: (_, node) => {
      if (node.tag) mistake(lineOf(node), `the tag ${node.tag.slice(0, 60)} is not followed`)
    },
  })
  if (notes.mistakes.length > before) return undefined
  if (isMap<Node, Node | null>(doc.contents)) return { map: doc.contents, lineOf }
  mistake(1, 'is not a recipe: it has no keys')
  return undefined
}

/** Whether brackets, or indicators in a row (`- - - x`), go deeper than anything real. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > DEEPEST) return true
  }
  return new RegExp(`^ *(?:[-?:] +){${DEEPEST}}`, 'm').test(text)
}
