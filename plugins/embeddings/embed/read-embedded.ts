import { ControlError } from '#core'
import { readSparse } from './read-sparse.ts'
import { readVector, type SparseVector } from './vectors.ts'

/** What a server gave for some texts; a side it does not give is null. */
export interface Embedded {
  dense: Float32Array[] | null
  sparse: SparseVector[] | null
  /** Whether the dense vectors came packed (base64). */
  isPacked: boolean
  /** Tokens it counted; null: it does not count. */
  tokens: number | null
}

/** Names of the dense and the sparse side, in answers of FlagEmbedding-like servers and of vLLM's plugin. */
const DENSE = [
  'dense_vecs',
  'dense_vectors',
  'dense_embeddings',
  'dense_embedding',
  'dense',
  'embeddings',
  'embedding',
  'vectors',
  'dense_vec',
  'dense_vector',
]
const SPARSE = [
  'lexical_weights',
  'sparse_vectors',
  'sparse_vecs',
  'sparse_embeddings',
  'sparse_embedding',
  'sparse',
  'sparse_vec',
  'sparse_vector',
]
/** Where a list of answers, one a text, may stand. */
const ITEMS = ['data', 'results', 'embeddings']

/** Reads an answer in any known form: two columns, or a list with both sides for each text. */
export function readEmbedded(answer: unknown): Embedded {
  if (Array.isArray(answer)) return readList(answer)
  if (!isMap(answer)) throw unreadable()
  const tokens = tokensOf(answer)
  const items = ITEMS.map((name) => answer[name]).find(isListOfMaps)
  if (items) return { ...readItems(items), tokens }
  const dense = first(answer, DENSE)
  const sparse = first(answer, SPARSE)
  if (dense === undefined && sparse === undefined) throw unreadable()
  return {
    dense: dense === undefined ? null : readAll(dense, readVector),
    sparse: sparse === undefined ? null : readAll(sparse, readSparse),
    isPacked: false,
    tokens,
  }
}

/** Sparse vectors in a list of their own, as TEI's /embed_sparse gives them. */
export const readSparseList = (answer: unknown): SparseVector[] => readAll(answer, readSparse)

/** Tokens an answer in OpenAI's shape counts. */
function tokensOf(answer: Record<string, unknown>): number | null {
  const usage = isMap(answer.usage) ? answer.usage : {}
  const counted = usage.total_tokens ?? usage.prompt_tokens
  return typeof counted === 'number' ? counted : null
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readList(answer: unknown[]): Embedded {
  if (isListOfMaps(answer)) return { ...readItems(answer), tokens: null }
  return { dense: readAll(answer, readVector), sparse: null, isPacked: false, tokens: null }
}

/** One object a text; `index` says whose it is, where there is one. */
function readItems(items: Record<string, unknown>[]): Omit<Embedded, 'tokens'> {
  const ordered = items.every(({ index }) => typeof index === 'number')
    ? [...items].sort((a, b) => Number(a.index) - Number(b.index))
    : items
  const dense = ordered.map((item) => first(item, DENSE))
  const sparse = ordered.map((item) => first(item, SPARSE))
  const isGiven = (side: unknown[]) => side.some((value) => value !== undefined && value !== null)
  return {
    dense: isGiven(dense) ? readAll(dense, readVector) : null,
    sparse: isGiven(sparse) ? readAll(sparse, readSparse) : null,
    isPacked: typeof dense[0] === 'string',
  }
}

function readAll<T>(values: unknown, read: (value: unknown) => T | undefined): T[] {
  if (!Array.isArray(values)) throw unreadable()
  return values.map((value) => {
    const one = read(value)
    if (one === undefined) throw unreadable()
    return one
  })
}

const isListOfMaps = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) && value.length > 0 && value.every(isMap)

const first = (from: Record<string, unknown>, names: readonly string[]): unknown =>
  names.map((name) => (Object.hasOwn(from, name) ? from[name] : undefined)).find(isThere)

const isThere = (value: unknown): boolean => value !== undefined && value !== null

const unreadable = (): ControlError =>
  new ControlError(
    'UPSTREAM_FAILED',
    'The answer of the server holds no vectors that can be read.',
    {
      hint: 'Set server of the service in topology.yaml to what really runs there.',
    },
  )
