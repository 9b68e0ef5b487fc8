import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, type Scalar } from 'yaml'
import type { Mistake, MistakeList } from './mistakes.ts'
import { type Pointer, under } from './pointer.ts'
import { syntaxMistakes } from './yaml-mistakes.ts'

/** Where a value stands in the text, in offsets, and how it is written there. */
export interface Place {
  /** Of the key; for list items of the value. */
  keyOffset: number
  offset: number
  endOffset: number
  /** The raw text of a scalar without quotes. */
  plain?: string
}

/** What the text holds, with the place of every value. */
export interface ParsedYaml {
  /** Maps have no prototype, so a key can only be one that was written. */
  value: unknown
  places: Map<Pointer, Place>
}

/**
 * Reads YAML 1.2 without the traps of YAML: everything two readers could take differently is a
 * mistake in `mistakes`. Undefined when the text is not YAML at all.
 */
export function parseYaml(text: string, mistakes: MistakeList): ParsedYaml | undefined {
  if (/^\s*$/.test(text)) return refuse(mistakes, EMPTY)
  for (const mistake of syntaxMistakes(text, [])) mistakes.add(mistake)
  if (mistakes.all().length > 0) return undefined
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    // done here instead: the library compares every key with every other
    uniqueKeys: false,
    stringKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  if (document.errors.length > 0) {
    for (const mistake of syntaxMistakes(text, document.errors)) mistakes.add(mistake)
    return undefined
  }
  if (hasDirective(document)) mistakes.add({ ...DIRECTIVE, offset: text.search(/^%/m) })
  if (isNothing(document)) return refuse(mistakes, EMPTY)
  const places = new Map<Pointer, Place>()
  const value = readNode(document.contents, '', 0, { places, mistakes, keyOffset: 0 })
  return { value, places }
}

const EMPTY: Mistake = {
  at: '',
  code: 'FILE_EMPTY',
  offset: 0,
  message: 'the file holds nothing',
  hint: '`npx spark-control example > topology.yaml` writes one to edit',
}

const DIRECTIVE: Mistake = {
  at: '',
  code: 'YAML_DIRECTIVE',
  message: 'a line that begins with % changes how the file is read',
  hint: 'remove it',
}

/** Deeper than any topology; keeps the walk off the end of the stack. */
const DEEPEST = 40
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

interface Walk {
  places: Map<Pointer, Place>
  mistakes: MistakeList
  keyOffset: number
}

function readNode(node: unknown, at: Pointer, depth: number, walk: Walk): unknown {
  const place = { ...placeOf(node, walk.keyOffset), keyOffset: walk.keyOffset }
  walk.places.set(at, place)
  const refusal = whyNotNode(node, depth)
  if (refusal) {
    walk.mistakes.add({ at, ...refusal })
    return null
  }
  if (isMap(node)) return readMap(node.items, at, depth, walk)
  if (isSeq(node))
    return node.items.map((item, index) =>
      readNode(item, under(at, index), depth + 1, {
        ...walk,
        keyOffset: placeOf(item, walk.keyOffset).offset,
      }),
    )
  return isScalar(node) ? node.value : null
}

function readMap(
  pairs: readonly { key: unknown; value: unknown }[],
  at: Pointer,
  depth: number,
  walk: Walk,
): unknown {
  const map: Record<string, unknown> = Object.create(null)
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? String(key.value ?? '') : ''
    const keyOffset = placeOf(key, walk.keyOffset).offset
    const refusal = whyNotKey(key, name, Object.hasOwn(map, name))
    if (refusal) {
      walk.mistakes.add({ at: under(at, name), ...refusal, offset: keyOffset })
      continue
    }
    map[name] = readNode(value, under(at, name), depth + 1, { ...walk, keyOffset })
  }
  return map
}

type Refusal = Pick<Mistake, 'code' | 'message' | 'hint'>

function whyNotKey(key: unknown, name: string, isSecond: boolean): Refusal | undefined {
  if (name === '<<')
    return { code: 'YAML_MERGE_KEY', message: '<< is not taken', hint: 'write the keys out' }
  if (FORBIDDEN.has(name))
    return { code: 'KEY_FORBIDDEN', message: `"${name}" cannot be a key`, hint: 'use another name' }
  if (isScalar(key) && key.anchor !== undefined) return anchorRefusal(`&${key.anchor}`)
  if (isSecond)
    return {
      code: 'YAML_DUPLICATE_KEY',
      message: 'stands twice in the same place',
      hint: 'remove one of the two',
    }
  return undefined
}

function whyNotNode(node: unknown, depth: number): Refusal | undefined {
  if (depth > DEEPEST)
    return { code: 'YAML_TOO_DEEP', message: `is nested more than ${DEEPEST} levels deep` }
  if (isAlias(node)) return anchorRefusal(`*${node.source}`)
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return undefined
  if (node.anchor !== undefined) return anchorRefusal(`&${node.anchor}`)
  if (node.tag !== undefined)
    return {
      code: 'YAML_TAG',
      message: `has the tag ${node.tag.replace('tag:yaml.org,2002:', '!!').slice(0, 40)}`,
      hint: 'write the value without it',
    }
  return undefined
}

const anchorRefusal = (name: string): Refusal => ({
  code: 'YAML_ANCHOR',
  message: `uses ${name.slice(0, 40)}; anchors and aliases are not taken`,
  hint: 'write the value out',
})

function placeOf(node: unknown, fallback: number): Place {
  const range = (node as { range?: [number, number, number] | null } | null)?.range
  const offset = range?.[0] ?? fallback
  const place: Place = { keyOffset: offset, offset, endOffset: range?.[1] ?? offset }
  if (isScalar(node) && (node as Scalar).type === 'PLAIN') place.plain = node.source ?? ''
  return place
}

const hasDirective = (document: Document): boolean =>
  document.directives?.yaml.explicit === true ||
  Object.keys(document.directives?.tags ?? {}).length > 1

const isNothing = (document: Document): boolean =>
  document.contents === null || (isScalar(document.contents) && document.contents.value === null)

function refuse(mistakes: MistakeList, mistake: Mistake): undefined {
  mistakes.add(mistake)
  return undefined
}
