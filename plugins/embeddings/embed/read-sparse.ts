import type { SparseVector } from './vectors.ts'

const MOST_INDEX = 0xffff_ffff

/**
 * A sparse vector in any of the spellings in use: `{indices, values}`, `[{index, value}]` (TEI),
 * `[{token_id, weight}]` (vLLM's plugin), `{"id": weight}` (FlagEmbedding's lexical_weights).
 * Undefined if it is none. Of a term that comes twice the larger weight counts, as in bge-m3; what
 * weighs nothing is left out.
 */
export function readSparse(value: unknown): SparseVector | undefined {
  const pairs = pairsOf(value)
  if (!pairs) return undefined
  const weights = new Map<number, number>()
  for (const [index, weight] of pairs) {
    if (!Number.isInteger(index) || index < 0 || index > MOST_INDEX) return undefined
    if (!Number.isFinite(weight)) return undefined
    if (weight > (weights.get(index) ?? 0)) weights.set(index, weight)
  }
  return { indices: [...weights.keys()], values: [...weights.values()] }
}

type Pair = readonly [index: number, weight: number]

function pairsOf(value: unknown): Pair[] | undefined {
  if (Array.isArray(value)) return all(value.map(readTerm))
  if (typeof value !== 'object' || value === null) return undefined
  const { indices, values } = value as { indices?: unknown; values?: unknown }
  if (Array.isArray(indices) && Array.isArray(values)) {
    if (indices.length !== values.length) return undefined
    return all(indices.map((index, at) => readPair(index, values[at])))
  }
  return all(Object.entries(value).map(([id, weight]) => readPair(readId(id), weight)))
}

function readTerm(term: unknown): Pair | undefined {
  if (typeof term !== 'object' || term === null) return undefined
  const { index, value, token_id, weight } = term as Record<string, unknown>
  return readPair(index ?? token_id, value ?? weight)
}

const readPair = (index: unknown, weight: unknown): Pair | undefined =>
  typeof index === 'number' && typeof weight === 'number' ? [index, weight] : undefined

/** FlagEmbedding's ids are text, since they are keys; words would need its tokenizer. */
const readId = (id: string): number | undefined => (/^\d{1,10}$/.test(id) ? Number(id) : undefined)

const all = <T>(items: (T | undefined)[]): T[] | undefined =>
  items.every((item) => item !== undefined) ? (items as T[]) : undefined
