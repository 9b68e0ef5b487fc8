import type { Answered, Asked, Dialect } from './http.ts'
import type { TextModel } from './model.ts'
import { embeddingsAnswer, judged, listOf, textsOf } from './openai-shape.ts'

export interface TeiOptions {
  /** One model a process, for one thing. */
  task: 'embed' | 'splade' | 'rerank'
  maxClientBatch?: number
  /** Longest text in tokens. */
  maxInputLength?: number
}

const VERSION = '1.9.3'

/** text-embeddings-inference 1.9 (its docs/openapi.json and router/src/http/server.rs). */
export function tei(
  model: TextModel,
  { task, maxClientBatch = 32, maxInputLength = 8192 }: TeiOptions,
): Dialect {
  const info = {
    model_id: model.id,
    model_sha: '0'.repeat(40),
    model_dtype: 'float16',
    model_type: MODEL_TYPES[task],
    max_concurrent_requests: 512,
    max_input_length: maxInputLength,
    max_batch_tokens: 16_384,
    max_batch_requests: null,
    max_client_batch_size: maxClientBatch,
    auto_truncate: false,
    tokenization_workers: 8,
    version: VERSION,
    sha: null,
    docker_label: null,
  }
  const refused = (texts: readonly string[] | undefined, path: string): Answered | undefined => {
    if (!texts) return fail(path, 422, 'Failed to deserialize the JSON body', 'Validation')
    if (texts.length === 0) return fail(path, 400, '`inputs` cannot be empty', 'Empty')
    if (texts.length > maxClientBatch) {
      const why = `batch size ${texts.length} > maximum allowed batch size ${maxClientBatch}`
      return fail(path, 413, why, 'Validation')
    }
    const long = texts.find((text) => model.countTokens(text) > maxInputLength)
    if (long === undefined) return undefined
    const why = `\`inputs\` must have less than ${maxInputLength} tokens. Given: ${model.countTokens(long)}`
    return fail(path, 413, why, 'Validation')
  }
  return {
    openPaths: ['/health', '/metrics', '/info'],
    busy: ({ path }) => fail(path, 429, 'Model is overloaded', 'Overloaded'),
    async answer({ method, path, body }: Asked) {
      if (method === 'GET') return answerGet(path, info)
      const key = path === '/rerank' ? 'texts' : path.endsWith('/embeddings') ? 'input' : 'inputs'
      const texts = textsOf(body[key])
      const refusal = refused(texts, path)
      if (refusal) return refusal
      const given = texts ?? []
      if (path === '/embed_sparse' && task === 'splade') {
        const rows = given.map((text) => [...model.weigh(text)])
        return ok(rows.map((row) => row.map(([index, value]) => ({ index, value }))))
      }
      if (path === '/rerank' && task === 'rerank') {
        const ranked = judged(model, String(body.query), listOf(body.texts))
        return ok(ranked.map(({ index, score }) => ({ index, score })))
      }
      if (path === '/embed' && task === 'embed')
        return ok((await model.embed(given)).map((vector) => Array.from(vector)))
      if (path.endsWith('/embeddings') && task === 'embed')
        return embeddingsAnswer(model, given, body)
      return POSTS.has(path)
        ? fail(path, 424, `model is not a ${path.slice(1)} model`, 'Backend')
        : { status: 404, value: '' }
    },
  }
}

const POSTS = new Set(['/embed', '/embed_sparse', '/rerank', '/embeddings', '/v1/embeddings'])

const MODEL_TYPES = {
  embed: { embedding: { pooling: 'cls' } },
  splade: { embedding: { pooling: 'splade' } },
  rerank: { reranker: { id2label: { '0': 'LABEL_0' }, label2id: { LABEL_0: 0 } } },
}

const ok = (value: unknown): Answered => ({ status: 200, value })

function answerGet(path: string, info: object): Answered {
  if (path === '/info') return ok(info)
  if (path === '/health' || path === '/' || path === '/ping') return ok('')
  return { status: 404, value: '' }
}

/** Its own shape of an error, or the one of its OpenAI route. */
const fail = (path: string, status: number, error: string, error_type: string): Answered => ({
  status,
  value: path.endsWith('/embeddings')
    ? { message: error, code: status, type: error_type }
    : { error, error_type },
})
