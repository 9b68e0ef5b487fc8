import type { Answered, Asked, Dialect } from './http.ts'
import type { TextModel } from './model.ts'
import { VOCABULARY } from './model.ts'
import { embeddingsAnswer, judged, listOf, textsOf } from './openai-shape.ts'
import { hash, stem, wordsOf } from './words.ts'

export interface VllmOptions {
  /** `embed` has dense vectors alone; `plugin` runs bge-m3's IO processor; the others one task each. */
  task: 'embed' | 'plugin' | 'token_classify' | 'score'
  /** Whether it has /v1/rerank, as newer ones do beside /score. */
  hasRerank?: boolean
}

/** vLLM serving a pooling model (docs/models/pooling_models of vLLM). */
export function vllm(model: TextModel, { task, hasRerank = true }: VllmOptions): Dialect {
  const posts: Record<string, ((body: Asked['body']) => Answered | Promise<Answered>) | undefined> =
    {
      ...((task === 'embed' || task === 'plugin') && {
        '/v1/embeddings': (body) => embed(model, body),
      }),
      ...(task === 'score' && {
        '/score': (body: Asked['body']) => score(model, body),
        ...(hasRerank && { '/v1/rerank': (body: Asked['body']) => rerank(model, body) }),
      }),
      '/pooling': (body) => pooling(model, task, body),
      '/tokenize': (body) => tokenize(String(body.prompt), body.add_special_tokens !== false),
    }
  return {
    openPaths: ['/health'],
    busy: () => fail(503, 'ServiceUnavailable', 'the engine is overloaded'),
    answer({ method, path, body }) {
      if (path === '/health') return { status: 200, value: '' }
      if (method === 'GET' && path === '/v1/models') return { status: 200, value: list(model) }
      const post = method === 'POST' ? posts[path] : undefined
      if (!post) return { status: 404, value: { detail: 'Not Found' } }
      if (body.model !== undefined && body.model !== model.id)
        return fail(404, 'NotFoundError', `The model \`${body.model}\` does not exist.`)
      return post(body)
    },
  }
}

function embed(model: TextModel, body: Asked['body']): Answered | Promise<Answered> {
  const texts = textsOf(body.input)
  if (!texts || texts.length === 0) return fail(400, 'BadRequestError', 'input is missing')
  if (body.dimensions !== undefined)
    return fail(
      400,
      'BadRequestError',
      `Model "${model.id}" does not support matryoshka representation`,
    )
  return embeddingsAnswer(model, texts, body, { id: 'embd-1', created: 1_760_000_000 })
}

async function pooling(
  model: TextModel,
  task: VllmOptions['task'],
  body: Asked['body'],
): Promise<Answered> {
  if (body.task !== task || (task !== 'plugin' && task !== 'token_classify'))
    return fail(400, 'BadRequestError', `Unsupported task: ${body.task}`)
  if (task === 'token_classify') {
    const data = listOf(body.input).map((text, index) => ({
      index,
      object: 'pooling',
      data: weightsInOrder(model, text),
    }))
    return { status: 200, value: { id: 'pool-1', object: 'list', model: model.id, data } }
  }
  const { input, embed_task } = (body.data ?? {}) as { input?: unknown; embed_task?: string }
  const texts = textsOf(input) ?? []
  const vectors = await model.embed(texts)
  const data = texts.map((text, index) => ({
    index,
    object: embed_task,
    sparse_embedding: [...model.weigh(text)].map(([token_id, weight]) => ({
      ...{ token_id, weight, token: null },
    })),
    dense_embedding: embed_task === 'sparse' ? null : Array.from(vectors[index] ?? []),
  }))
  const tokens = texts.reduce((sum, text) => sum + model.countTokens(text), 0)
  const usage = { prompt_tokens: tokens, total_tokens: tokens }
  // the pooling route wraps what a plugin answers
  return { status: 200, value: { request_id: 'pool-2', created_at: 1, data: { data, usage } } }
}

const idsOf = (text: string): number[] => wordsOf(text).map((word) => hash(stem(word)) % VOCABULARY)

/** A weight for each token but the first special one; the last special one weighs nothing. */
const weightsInOrder = (model: TextModel, text: string): number[][] => {
  const weights = model.weigh(text)
  return [...idsOf(text).map((id) => [weights.get(id) ?? 0]), [0]]
}

function tokenize(text: string, hasSpecial: boolean): Answered {
  const tokens = hasSpecial ? [0, ...idsOf(text), 2] : idsOf(text)
  return { status: 200, value: { count: tokens.length, max_model_len: 8192, tokens } }
}

function rerank(model: TextModel, body: Asked['body']): Answered {
  const documents = listOf(body.documents)
  const results = judged(model, String(body.query), documents).map(({ index, score, text }) => ({
    ...{ index, document: { text }, relevance_score: score },
  }))
  return {
    status: 200,
    value: { id: 'rerank-1', model: model.id, usage: { total_tokens: documents.length }, results },
  }
}

function score(model: TextModel, body: Asked['body']): Answered {
  const documents = listOf(body.text_2 ?? body.documents)
  const data = documents.map((text, index) => ({
    ...{ index, object: 'score', score: model.judge(String(body.text_1 ?? body.queries), text) },
  }))
  return { status: 200, value: { id: 'score-1', object: 'list', model: model.id, data } }
}

const list = ({ id }: TextModel) => ({
  object: 'list',
  data: [{ id, object: 'model', created: 1, owned_by: 'vllm', root: id, max_model_len: 8192 }],
})

const fail = (code: number, type: string, message: string): Answered => ({
  status: code,
  value: { error: { message, type, param: null, code } },
})
