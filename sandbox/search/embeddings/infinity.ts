import type { Answered, Asked, Dialect } from './http.ts'
import type { TextModel } from './model.ts'
import { embeddingsAnswer, judged, listOf } from './openai-shape.ts'

export interface InfinityOptions {
  /** Models it serves, with what each is good for. */
  models: readonly { model: TextModel; can: 'embed' | 'rerank' }[]
  /** `--url-prefix`; empty as it comes. */
  prefix?: string
}

const MOST_INPUTS = 2048

/** infinity (libs/infinity_emb/infinity_emb/infinity_server.py): several models in one process. */
export function infinity({ models, prefix = '' }: InfinityOptions): Dialect {
  const find = (id: unknown) => models.find(({ model }) => model.id === id)
  return {
    openPaths: ['/health'],
    busy: ({ body }) => fail(429, `model ${body.model} is currently overloaded`),
    async answer({ method, path, body }: Asked) {
      if (path === '/health') return { status: 200, value: { unix: 1_760_000_000.5 } }
      if (method === 'GET') {
        return path === `${prefix}/models`
          ? { status: 200, value: { object: 'list', data: models.map(describe) } }
          : NOT_FOUND
      }
      if (path !== `${prefix}/embeddings` && path !== `${prefix}/rerank`) return NOT_FOUND
      const found = find(body.model)
      if (!found) return fail(400, `Invalid model: Engine for model name ${body.model} not found.`)
      return path.endsWith('/rerank') ? rerank(found, body) : embed(found, body)
    },
  }
}

type Served = InfinityOptions['models'][number]

async function embed({ model, can }: Served, body: Asked['body']): Promise<Answered> {
  if (can !== 'embed') return fail(400, 'ModelNotDeployedError: does not support `embed`')
  const texts = typeof body.input === 'string' ? [body.input] : listOf(body.input)
  const given = typeof body.input === 'string' ? 1 : (body.input as unknown[])?.length
  if (texts.length === 0 || texts.length !== given) {
    const detail = [
      { type: 'string_type', loc: ['body', 'input'], msg: 'Input should be a string' },
    ]
    return { status: 422, value: { detail } }
  }
  if (texts.length > MOST_INPUTS) {
    const msg = `List should have at most ${MOST_INPUTS} items after validation`
    return { status: 422, value: { detail: [{ type: 'too_long', loc: ['body', 'input'], msg }] } }
  }
  return embeddingsAnswer(model, texts, body, { id: 'infinity-1', created: 1_760_000_000 })
}

function rerank({ model, can }: Served, body: Asked['body']): Answered {
  if (can !== 'rerank') return fail(400, 'ModelNotDeployedError: does not support `rerank`')
  const ranked = judged(model, String(body.query), listOf(body.documents))
  const top = typeof body.top_n === 'number' ? ranked.slice(0, body.top_n) : ranked
  return {
    status: 200,
    value: {
      object: 'rerank',
      results: top.map(({ index, score, text }) => ({
        relevance_score: score,
        index,
        document: body.return_documents === true ? text : null,
      })),
      model: model.id,
      usage: { prompt_tokens: 0, total_tokens: 0 },
      id: 'infinity-2',
      created: 1_760_000_000,
    },
  }
}

const describe = ({ model, can }: Served) => ({
  id: model.id,
  stats: { queue_fraction: 0, queue_absolute: 0, results_pending: 0, batch_size: 32 },
  object: 'model',
  owned_by: 'infinity',
  created: 1_760_000_000,
  backend: 'torch',
  capabilities: [can],
})

const NOT_FOUND: Answered = { status: 404, value: { detail: 'Not Found' } }

const fail = (code: number, message: string): Answered => ({
  status: code,
  value: { error: { message, type: null, param: null, code } },
})
