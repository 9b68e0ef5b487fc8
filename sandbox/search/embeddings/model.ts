import { hash, isCommon, stem, wordsOf } from './words.ts'

/** What stands behind the simulated servers; the real tier puts a real model in its place. */
export interface TextModel {
  id: string
  dimensions: number
  /** One vector of length 1 each. */
  embed(texts: readonly string[]): Promise<Float32Array[]>
  /** Weights of terms by their numbers, which are below `VOCABULARY`. */
  weigh(text: string): Map<number, number>
  /** How well a text answers a query: 0 to 1. */
  judge(query: string, text: string): number
  countTokens(text: string): number
}

/** As many tokens as bge-m3's tokenizer knows. */
export const VOCABULARY = 250_002

/** Vectors of hashed words and parts of words: alike where texts share them. No model, and no noise. */
export const hashedModel = (id: string, dimensions = 1024): TextModel => ({
  id,
  dimensions,
  embed: async (texts) => texts.map((text) => embedText(text, dimensions)),
  weigh: weighTerms,
  judge,
  countTokens,
})

/** About what a tokenizer would count. */
export const countTokens = (text: string): number => wordsOf(text).length + 2

/** BM25's weights of the terms of a text, hashed to numbers; without what only a collection knows. */
function weighTerms(text: string): Map<number, number> {
  const words = wordsOf(text)
  const counts = new Map<string, number>()
  for (const word of words) counts.set(stem(word), (counts.get(stem(word)) ?? 0) + 1)
  const length = 1 - B + (B * words.length) / USUAL_WORDS
  const weights = new Map<number, number>()
  for (const [term, count] of counts) {
    const rarity = isCommon(term) ? 0.05 : 1
    const weight = (rarity * count * (K1 + 1)) / (count + K1 * length)
    const index = hash(term) % VOCABULARY
    weights.set(index, Math.max(weights.get(index) ?? 0, Number(weight.toFixed(4))))
  }
  return weights
}

const K1 = 1.2
const B = 0.75
const USUAL_WORDS = 60

function embedText(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const add = (feature: string, weight: number): void => {
    const at = hash(feature)
    const index = at % dimensions
    vector[index] = (vector[index] ?? 0) + (at & 0x1000_0000 ? -weight : weight)
  }
  const words = wordsOf(text)
  for (const [at, word] of words.entries()) {
    const weight = isCommon(word) ? 0.1 : 1
    add(stem(word), weight)
    add(`${stem(words[at - 1] ?? '')} ${stem(word)}`, 0.3 * weight)
    const padded = `<${word}>`
    for (let from = 0; from + 3 < padded.length; from += 1)
      add(`#${padded.slice(from, from + 4)}`, (0.6 * weight) / padded.length ** 0.5)
  }
  return normalized(vector)
}

/** A vector of length 1; one without any direction points along the first axis. */
export function normalized(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector)
  if (length === 0) vector[0] = 1
  else for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) / length
  return vector
}

/** The share of the query's weight that the text has, bent to where a cross encoder's scores lie. */
function judge(query: string, text: string): number {
  const wanted = weighTerms(query)
  const there = weighTerms(text)
  let sum = 0
  let found = 0
  for (const [term, weight] of wanted) {
    sum += weight
    if (there.has(term)) found += weight
  }
  const share = sum === 0 ? 0 : found / sum
  return 1 / (1 + Math.exp(-(share * 9 - 5)))
}
