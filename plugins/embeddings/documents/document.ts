import { ControlError, type Detail, type Static, Type } from '#core'
import { pointIdOf, uuidV5 } from '../qdrant/point-id.ts'
import type { PointId, SparseVector } from '../qdrant/shapes.ts'
import { type Chunk, type ChunkOptions, chunkText } from './chunk-text.ts'

/** Payload keys of ours beside the caller's: the chunk's text, and which document it is of. */
export const TEXT_KEY = 'text'
export const DOCUMENT_KEY = '_document'
export const DOCUMENT_ID_KEY = `${DOCUMENT_KEY}.id`

const MOST_TEXT_CHARS = 1_000_000

export const DocumentId = Type.Union([
  Type.String({
    minLength: 1,
    maxLength: 512,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description: 'without control characters',
  }),
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
])

export const DocumentInput = Type.Object(
  {
    id: Type.Optional(DocumentId),
    text: Type.String({ minLength: 1, maxLength: MOST_TEXT_CHARS, pattern: '\\S' }),
    payload: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), Type.Unknown()),
    ),
  },
  { additionalProperties: false },
)
export type DocumentInput = Static<typeof DocumentInput>

/** A document with its id, as it is kept until it is loaded. */
export interface Document {
  /** Where it stood among those that were sent. */
  index: number
  id: string | number
  text: string
  payload?: Record<string, unknown>
}

const NAMESPACE = '8f6a1d0c-2d1b-5d6e-8a44-0c7d1f5b9e02'

/**
 * The documents of a request with their ids: the caller's, else the UUIDv5 of the text, so that the
 * same text is the same document. Throws VALIDATION for ids that repeat and payload keys of ours.
 */
export function readDocuments(inputs: readonly DocumentInput[]): Document[] {
  const details: Detail[] = []
  const seen = new Map<string, number>()
  const documents = inputs.map(({ id: given, text, payload }, index) => {
    const id = given ?? uuidV5(NAMESPACE, text)
    const before = seen.get(String(id))
    if (before !== undefined && given !== undefined)
      details.push({
        path: `documents.${index}.id`,
        message: `is that of documents.${before}, too`,
      })
    seen.set(String(id), index)
    for (const key of [TEXT_KEY, DOCUMENT_KEY])
      if (payload && Object.hasOwn(payload, key))
        details.push({
          path: `documents.${index}.payload.${key}`,
          message: 'is a key of ours; call it otherwise',
        })
    return { index, id, text, ...(payload && { payload }) }
  })
  const [first] = details
  if (!first) return documents
  throw new ControlError('VALIDATION', `${first.path}: ${first.message}`, {
    details: details.slice(0, 20),
  })
}

/** A chunk on its way to becoming a point. */
export interface Piece {
  id: PointId
  text: string
  payload: Record<string, unknown>
}

/** The pieces of a document, each with its id and its place in the document. */
export function cutDocument({ id, text, payload }: Document, options: ChunkOptions): Piece[] {
  const chunks = chunkText(text, options)
  return chunks.map((chunk: Chunk, n) => ({
    id: pointIdOf(id, n),
    text: chunk.text,
    payload: {
      ...payload,
      [TEXT_KEY]: chunk.text,
      [DOCUMENT_KEY]: {
        ...{ id: String(id), chunk: n, chunks: chunks.length },
        ...{ begin: chunk.begin, end: chunk.end },
      },
    },
  }))
}

/** A text's vectors as the embedder gives them. */
export interface Embedded {
  dense: Float32Array
  sparse: SparseVector | null
}
