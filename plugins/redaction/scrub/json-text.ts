import { isJsonText } from '../rehydrate/json.ts'
import type { Leaf, LeafView } from './leaf.ts'

/**
 * A text that is JSON as a leaf whose strings and numbers are looked at one by one, unescaped; the text
 * between them stays as it is. Undefined if it is no JSON object or list.
 */
export function jsonTextLeaf(text: string): Leaf | undefined {
  if (!isJsonText(text)) return undefined
  const views: LeafView[] = []
  let label: string | undefined
  for (const { 0: literal, index: start } of text.matchAll(LITERAL)) {
    if (!literal.startsWith('"')) {
      const offsets = offsetsFrom(start, literal.length)
      views.push({ text: literal, offsets, isWhole: true, isNumber: true, ...inJson(label) })
      continue
    }
    const { value, offsets } = decode(literal, start)
    const isKey = /^\s*:/.test(text.slice(start + literal.length, start + literal.length + 64))
    if (isKey) label = value
    views.push({ text: value, offsets, ...inJson(isKey ? undefined : label), ...(isKey && WHOLE) })
  }
  return { text, form: 'json', views }
}

const LITERAL = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs
const WHOLE = { isWhole: true } as const

const inJson = (label: string | undefined): Pick<LeafView, 'isJson' | 'label'> => ({
  isJson: true,
  ...(label !== undefined && { label }),
})

const offsetsFrom = (start: number, length: number): number[] =>
  Array.from({ length: length + 1 }, (_, n) => start + n)

/** The value of a string literal, and where each of its units begins in the text. */
function decode(literal: string, start: number): { value: string; offsets: number[] } {
  const units: string[] = []
  const offsets: number[] = []
  for (const { 0: unit, index } of literal.slice(1, -1).matchAll(UNIT)) {
    units.push(unit.length === 1 ? unit : (JSON.parse(`"${unit}"`) as string))
    offsets.push(start + 1 + index)
  }
  offsets.push(start + literal.length - 1)
  return { value: units.join(''), offsets }
}

const UNIT = /\\u[0-9a-fA-F]{4}|\\.|[^\\]/gs
