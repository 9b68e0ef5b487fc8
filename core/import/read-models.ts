import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { diagnose } from '../topology/diagnose.ts'
import type { Diagnostic } from '../topology/topology.ts'
import { syntaxMistakes } from '../topology/yaml-mistakes.ts'
import { keptValue, mayBeSecret } from './comment.ts'

/** An entry of models.yaml, or of a file that overrides some of its fields. */
export interface FoundModel {
  id: string
  place: Place
  fields: Map<string, { value: unknown; place: Place }>
}

/** Where something stands; lines and columns count from 1. */
export interface Place {
  file: string
  line: number
  column: number
}

/** What a models file holds. */
export interface FoundModels {
  models: FoundModel[]
  /** What is no entry of a model. */
  strays: { what: string; place: Place }[]
  diagnostics: Diagnostic[]
}

/** Keys under which the entries may lie, and those by which an entry of a list may be called. */
const HOLDERS = ['models', 'model_overrides', 'overrides']
const ID_KEYS = ['id', 'key', 'slug', 'name']
const MOST_ALIASES = 100

/**
 * Reads models.yaml, its overrides, or the same as JSON: a map or a list of entries, at the top or
 * below `models`. `defaults` beside them count for every entry that does not say otherwise. It is read
 * as PyYAML did: YAML 1.1, anchors and merges taken, of two equal keys the last.
 */
export function readModels(file: string, text: string): FoundModels {
  const found: FoundModels = { models: [], strays: [], diagnostics: [] }
  const tell = (mistakes: ReturnType<typeof syntaxMistakes>) =>
    found.diagnostics.push(
      ...diagnose(mistakes, { file, text, places: new Map(), secrets: new Set() }).map(
        withoutSecret,
      ),
    )
  const early = syntaxMistakes(text, [])
  if (early.length > 0) {
    tell(early)
    return found
  }
  const lines = new LineCounter()
  const doc = parseDocument(text, {
    ...{ version: '1.1', merge: true, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' },
    lineCounter: lines,
  })
  if (doc.errors.length > 0) {
    tell(syntaxMistakes(text, doc.errors))
    return found
  }
  const placeOf = (node: unknown): Place => {
    const { line, col } = lines.linePos((node as Node | null)?.range?.[0] ?? 0)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const plain = (node: unknown): unknown =>
    (node as Node | null)?.toJS?.(doc, { maxAliasCount: MOST_ALIASES }) ?? null
  try {
    collect(doc.contents, { found, placeOf, plain })
  } catch (thrown) {
    // the library's guard against aliases that multiply, or its word for one of no anchor
    if (!(thrown instanceof ReferenceError)) throw thrown
    const message = thrown.message.startsWith('Unresolved')
      ? 'an alias (*name) names no anchor (&name) above it'
      : 'its aliases multiply without end'
    tell([{ at: '', code: 'YAML_ANCHOR', offset: 0, message }])
  }
  return found
}

/** The line is quoted unless it may hold a secret: nobody knows yet which words of it are one. */
function withoutSecret({ source, ...rest }: Diagnostic): Diagnostic {
  const [name = '', ...value] = (source ?? '').split(':')
  return source === undefined || mayBeSecret(name, value.join(':')) ? rest : { ...rest, source }
}

interface Reader {
  found: FoundModels
  placeOf(node: unknown): Place
  plain(node: unknown): unknown
}

function collect(root: unknown, reader: Reader): void {
  const { found, placeOf, plain } = reader
  const stray = (what: string, node: unknown) =>
    void found.strays.push({ what, place: placeOf(node) })
  if (root === null || (isScalar(root) && root.value === null)) return
  const holder = isMap(root)
    ? root.items.find(({ key, value }) => HOLDERS.includes(nameOf(key)) && isHolder(value))
    : undefined
  if (!holder || !isMap(root)) {
    addAll(root, reader, new Map())
    return
  }
  const common = root.items.find(({ key }) => nameOf(key) === 'defaults')
  for (const pair of root.items)
    if (pair !== holder && !(pair === common && isMap(pair.value)))
      stray(`${nameOf(pair.key)}: ${keptValue(nameOf(pair.key), plain(pair.value))}`, pair.key)
  addAll(holder.value, reader, common ? fieldsOf(common.value, reader) : new Map())
}

const isHolder = (node: unknown): boolean => isMap(node) || isSeq(node)

function addAll(holder: unknown, reader: Reader, defaults: FoundModel['fields']): void {
  const { found, placeOf, plain } = reader
  const add = (id: string, node: unknown, at: unknown) => {
    if (id === '' || !isMap(node)) {
      const what = `${id || 'an entry without a name'}: ${keptValue(id, plain(node))}`
      found.strays.push({ what, place: placeOf(at) })
    } else {
      const fields = new Map([...defaults, ...fieldsOf(node, reader)])
      found.models.push({ id, place: placeOf(at), fields })
    }
  }
  if (isMap(holder)) for (const { key, value } of holder.items) add(nameOf(key), value, key)
  else if (isSeq(holder)) for (const item of holder.items) add(idIn(item, reader), item, item)
  else if (holder !== null)
    found.strays.push({ what: keptValue('', plain(holder)), place: placeOf(holder) })
}

function idIn(item: unknown, reader: Reader): string {
  const fields = isMap(item) ? fieldsOf(item, reader) : new Map()
  const key = ID_KEYS.find((name) => typeof fields.get(name)?.value === 'string')
  return key === undefined ? '' : fields.get(key).value
}

/** Values with merges and aliases carried out; what a merge brought stands where the merge does. */
function fieldsOf(node: unknown, { placeOf, plain }: Reader): FoundModel['fields'] {
  const value = plain(node)
  if (!isMap(node) || typeof value !== 'object' || value === null) return new Map()
  const keys = new Map(node.items.map(({ key }) => [nameOf(key), key]))
  return new Map(
    Object.entries(value).map(([name, item]) => [
      name,
      { value: item, place: placeOf(keys.get(name) ?? node) },
    ]),
  )
}

const nameOf = (key: unknown): string => (isScalar(key) ? String(key.value ?? '') : '')
