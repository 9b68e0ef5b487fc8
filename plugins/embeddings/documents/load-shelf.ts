import { createHash } from 'node:crypto'
import type { KeyValue } from '#core'
import type { ChunkOptions } from './chunk-text.ts'
import type { Document } from './document.ts'
import type { Failure, Written } from './write-documents.ts'

/** How far a load has come. Its documents lie beside it, in parts, until they are in. */
export interface Load {
  id: string
  collection: string
  chunk: ChunkOptions
  documents: number
  parts: number
  /** Parts that are in. */
  done: number
  written: { documents: number; points: number; failed: number }
  /** The first that were refused. */
  failures: Failure[]
  /** Milliseconds since 1970. */
  created_at: number
}

/** Documents a part holds at most, and characters from which on it is full. */
const PART_DOCUMENTS = 100
const PART_CHARS = 500_000
const MOST_FAILURES = 100
/** Loads that broke off and whose documents are kept for when the same are sent again. */
const MOST_UNFINISHED = 4

const PREFIX = 'load/'
const headKey = (id: string): string => `${PREFIX}${id}`
const partKey = (id: string, n: number): string =>
  `${PREFIX}${id}/part/${String(n).padStart(6, '0')}`

/** The same documents for the same collection are the same load. */
export function loadIdOf(collection: string, chunk: ChunkOptions, documents: readonly Document[]) {
  const hash = createHash('sha256').update(JSON.stringify([collection, chunk]))
  for (const { id, text, payload } of documents)
    hash.update(JSON.stringify([id, text, payload ?? null]))
  return hash.digest('hex').slice(0, 24)
}

export const findLoad = (store: KeyValue, id: string): Load | undefined =>
  store.get<Load>(headKey(id))

/** Keeps the documents of a load; one that broke off goes on where it was. */
export function keepLoad(
  store: KeyValue,
  load: Pick<Load, 'id' | 'collection' | 'chunk'>,
  documents: readonly Document[],
  now: number,
): Load {
  const known = findLoad(store, load.id)
  if (known) return known
  let parts = 0
  for (const part of partsOf(documents)) store.set(partKey(load.id, parts++), part)
  const kept: Load = {
    ...{ ...load, documents: documents.length, parts, done: 0 },
    ...{ written: { documents: 0, points: 0, failed: 0 }, failures: [], created_at: now },
  }
  // last, so that a load whose keeping was cut off is not there
  store.set(headKey(load.id), kept)
  return kept
}

export const readPart = (store: KeyValue, { id, done }: Load): Document[] =>
  store.get<Document[]>(partKey(id, done)) ?? []

/** Notes that a part is in and forgets its documents. */
export function finishPart(store: KeyValue, load: Load, written: Written): Load {
  const { documents, points, failed } = load.written
  const next: Load = {
    ...load,
    done: load.done + 1,
    written: {
      documents: documents + written.documents,
      points: points + written.points,
      failed: failed + written.failed.length,
    },
    failures: [...load.failures, ...written.failed].slice(0, MOST_FAILURES),
  }
  store.set(headKey(load.id), next)
  store.delete(partKey(load.id, load.done))
  return next
}

export function dropLoad(store: KeyValue, id: string): void {
  // the head first: without it the parts are nobody's, and `sweepLoads` finds them
  store.delete(headKey(id))
  for (const key of store.keys(`${headKey(id)}/`)) store.delete(key)
}

/** Forgets what nobody goes on with: parts without a head, and the oldest beyond a few. */
export function sweepLoads(store: KeyValue, active: ReadonlySet<string>): void {
  const ids = new Set(store.keys(PREFIX).map((key) => key.slice(PREFIX.length).split('/')[0] ?? ''))
  const idle = [...ids].filter((id) => !active.has(id))
  const loads = idle.flatMap((id) => findLoad(store, id) ?? [])
  const kept = loads.sort((a, b) => b.created_at - a.created_at).slice(0, MOST_UNFINISHED)
  for (const id of idle) if (!kept.some((load) => load.id === id)) dropLoad(store, id)
}

function* partsOf(documents: readonly Document[]): Iterable<Document[]> {
  let part: Document[] = []
  let chars = 0
  for (const document of documents) {
    part.push(document)
    chars += document.text.length
    if (part.length < PART_DOCUMENTS && chars < PART_CHARS) continue
    yield part
    part = []
    chars = 0
  }
  if (part.length > 0) yield part
}
