import { asControlError, type ControlError } from '#core'
import { type Vectors, vectorsOfPoint } from '../collections/vectors.ts'
import { embeddingsError } from '../errors.ts'
import type { Filter } from '../qdrant/filter.ts'
import type { Qdrant } from '../qdrant/qdrant.ts'
import { path, type Segment } from '../qdrant/segment.ts'
import { UpdateResult } from '../qdrant/shapes.ts'
import type { ChunkOptions } from './chunk-text.ts'
import {
  cutDocument,
  DOCUMENT_ID_KEY,
  type Document,
  type Embedded,
  type Piece,
} from './document.ts'

/** Where documents go, and what makes their vectors. */
export interface Target {
  qdrant: Qdrant
  collection: Segment
  vectors: Vectors
  chunk: ChunkOptions
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Embedded[]>
}

export interface Failure {
  index: number
  id: string
  code: string
  message: string
}

export interface Written {
  documents: number
  points: number
  /** Those that are refused themselves; the others are in. */
  failed: Failure[]
}

/** Documents and chunks that are written as one. */
const MOST_DOCUMENTS = 32
const MOST_PIECES = 32
const WRITE_TIMEOUT_MS = 60_000

/**
 * Cuts, embeds and writes documents; writing one again changes nothing. A document that is refused is
 * listed and the others go on; throws where the trouble is not of one document (servers away, busy or full).
 */
export async function writeDocuments(
  target: Target,
  documents: readonly Document[],
  signal: AbortSignal,
): Promise<Written> {
  const written: Written = { documents: 0, points: 0, failed: [] }
  let group: Cut[] = []
  let pieces = 0
  for (const document of documents) {
    const cut = { document, pieces: cutDocument(document, target.chunk) }
    group.push(cut)
    pieces += cut.pieces.length
    if (group.length < MOST_DOCUMENTS && pieces < MOST_PIECES) continue
    await writeGroup(target, group, written, signal)
    group = []
    pieces = 0
  }
  if (group.length > 0) await writeGroup(target, group, written, signal)
  return written
}

interface Cut {
  document: Document
  pieces: Piece[]
}

/** Writes a group, in halves once something in it is refused, down to the document that is. */
async function writeGroup(
  target: Target,
  group: readonly Cut[],
  written: Written,
  signal: AbortSignal,
): Promise<void> {
  try {
    await writeAtOnce(target, group, signal)
    written.documents += group.length
    written.points += group.reduce((sum, { pieces }) => sum + pieces.length, 0)
  } catch (thrown) {
    signal.throwIfAborted()
    const error = asControlError(thrown)
    const [first, second] = group
    if (!first || !isOfDocument(error)) throw thrown
    if (second) {
      const half = Math.ceil(group.length / 2)
      await writeGroup(target, group.slice(0, half), written, signal)
      await writeGroup(target, group.slice(half), written, signal)
    } else {
      const { index, id } = first.document
      written.failed.push({ index, id: String(id), code: error.code, message: error.message })
    }
  }
}

/** Whether other documents may well be taken: the refusal is of what was sent. */
const isOfDocument = ({ status }: ControlError): boolean =>
  status === 400 || status === 413 || status === 422

async function writeAtOnce(
  target: Target,
  group: readonly Cut[],
  signal: AbortSignal,
): Promise<void> {
  const pieces = group.flatMap((cut) => cut.pieces)
  for (let at = 0; at < pieces.length; at += MOST_PIECES)
    await writePieces(target, pieces.slice(at, at + MOST_PIECES), signal)
  // only now, so that a document that was longer before is never there in part
  await deleteStale(target, group, signal)
}

async function writePieces(
  { qdrant, collection, vectors, embed }: Target,
  pieces: readonly Piece[],
  signal: AbortSignal,
): Promise<void> {
  const embedded = await embed(
    pieces.map(({ text }) => text),
    signal,
  )
  const points = pieces.map(({ id, payload }, n) => {
    const each = embedded[n]
    if (!each) throw new Error(`no vector for piece ${n}`)
    checkSize(vectors, each.dense.length, collection)
    return { id, payload, vector: vectorsOfPoint(vectors, each) }
  })
  await qdrant.call({
    path: path`/collections/${collection}/points?wait=true`,
    method: 'PUT',
    body: { points },
    result: UpdateResult,
    timeoutMs: WRITE_TIMEOUT_MS,
    signal,
  })
}

/** Throws VECTORS_MISFIT where the collection was made for vectors of another size. */
export function checkSize({ dense }: Vectors, size: number, collection: string): void {
  if (!dense || dense.size === size) return
  throw embeddingsError(
    'VECTORS_MISFIT',
    `${collection} holds vectors of ${dense.size} numbers, the embedding model makes ${size}.`,
    { hint: 'It was made for another model: make a new collection and load it anew.' },
  )
}

/** Chunks that the documents had before and have no more. */
async function deleteStale(
  { qdrant, collection }: Target,
  group: readonly Cut[],
  signal: AbortSignal,
): Promise<void> {
  const filter: Filter = {
    must: [
      { key: DOCUMENT_ID_KEY, match: { any: group.map(({ document: { id } }) => String(id)) } },
    ],
    must_not: [{ has_id: group.flatMap(({ pieces }) => pieces.map(({ id }) => id)) }],
  }
  await qdrant.call({
    path: path`/collections/${collection}/points/delete?wait=true`,
    method: 'POST',
    body: { filter },
    result: UpdateResult,
    timeoutMs: WRITE_TIMEOUT_MS,
    signal,
  })
}
