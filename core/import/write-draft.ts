import { Document, isMap, isScalar, isSeq, type Node, type Pair, YAMLMap } from 'yaml'
import { commentLine } from './comment.ts'
import { DISABLED } from './disable.ts'
import type { Draft, Entry, Noted } from './draft.ts'

const HEAD = ` yaml-language-server: $schema=./topology.schema.json
 Written by spark-control import from what the first Spark Control had. Behind a value stands where it
 comes from. Look at every "check:", then:  spark-control check topology.yaml`

/** Far below the largest topology, so that what is kept as comments cannot make it too large. */
const MOST_LEFTOVERS = 24 * 1024

/** The draft as topology.yaml, what is to be known of it in comments. */
export function writeDraft(draft: Draft): string {
  const doc = new Document(new YAMLMap())
  const top = doc.contents as unknown as YAMLMap
  put(doc, top, ['cluster'], doc.createNode('my-cluster') as Node)
  fill(doc, top, draft.listen)
  for (const [area, entries] of [
    ['hosts', draft.hosts],
    ['services', draft.services],
  ] as const) {
    const map = new YAMLMap()
    map.flow = entries.length === 0
    put(doc, top, [area], map)
    for (const entry of entries) fill(doc, map, entry)
  }
  if (draft.disabled.length > 0)
    put(doc, top, ['disabled'], nodeOf(doc, { value: draft.disabled, from: DISABLED }))
  for (const { key } of top.items.slice(1)) (key as Node).spaceBefore = true
  doc.commentBefore = HEAD
  if (draft.leftovers.length > 0) doc.comment = lines(cut(draft.leftovers))
  return doc.toString({ lineWidth: 0 })
}

function fill(doc: Document, parent: YAMLMap, { id, keys, comments }: Entry): void {
  const map = new YAMLMap()
  const pair = put(doc, parent, [id], map)
  for (const [key, noted] of keys) put(doc, map, key.split('.'), nodeOf(doc, noted))
  map.flow = keys.size === 0
  if (comments.length > 0) (pair.key as Node).commentBefore = lines(comments)
}

/** Puts a node at a path, maps made on the way. Keys are nodes, so that they can have comments. */
function put(doc: Document, map: YAMLMap, [first = '', ...rest]: string[], node: Node): Pair {
  const known = map.items.find(({ key }) => isScalar(key) && key.value === first)
  if (rest.length > 0 && isMap(known?.value)) return put(doc, known.value, rest, node)
  const inner = rest.length > 0 ? new YAMLMap() : node
  const pair = doc.createPair(first, inner)
  map.items.push(pair)
  if (rest.length > 0) put(doc, inner as YAMLMap, rest, node)
  return pair
}

function nodeOf(doc: Document, { value, from, check }: Noted): Node {
  const node = doc.createNode(value) as Node
  if (isSeq(node)) node.flow = true
  const said = [from ?? [], check === undefined ? [] : `check: ${check}`].flat()
  if (said.length > 0) node.comment = ` ${commentLine(said.join(' · '))}`
  return node
}

/** Leading spaces stay, so that what was YAML is seen to be. */
const lines = (texts: readonly string[]): string =>
  texts.map((text) => ` ${/^ */.exec(text)?.[0] ?? ''}${commentLine(text)}`).join('\n')

function cut(texts: readonly string[]): string[] {
  let bytes = 0
  const kept = texts.filter((text) => {
    bytes += Buffer.byteLength(commentLine(text)) + 16
    return bytes <= MOST_LEFTOVERS
  })
  const more = texts.length - kept.length
  return more > 0 ? [...kept, `… and ${more} lines more, for which there is no room here`] : kept
}
