import type { Answered, Asked, Dialect } from './http.ts'
import type { TextModel } from './model.ts'
import { judged, listOf } from './openai-shape.ts'

export interface FlagOptions {
  /** How the wrapper spells its sparse side. */
  spelling?: 'lexical_weights' | 'sparse_vectors' | 'pairs'
  path?: string
  /** Texts it takes at once. */
  mostTexts?: number
}

/** A FastAPI app around FlagEmbedding's BGEM3FlagModel, of the kind people write for themselves. */
export function flag(
  model: TextModel,
  { spelling = 'lexical_weights', path = '/encode', mostTexts = 256 }: FlagOptions = {},
): Dialect {
  return {
    openPaths: ['/health', '/openapi.json'],
    busy: () => ({ status: 503, value: { detail: 'The GPU is busy' } }),
    async answer(asked: Asked) {
      if (asked.method === 'GET' && asked.path === '/health')
        return { status: 200, value: { status: 'ok' } }
      if (asked.method === 'GET' && asked.path === '/openapi.json')
        return { status: 200, value: describe(path) }
      if (asked.method !== 'POST') return NOT_FOUND
      if (asked.path === '/rerank') return rerank(model, asked.body)
      return asked.path === path ? encode(model, asked.body, spelling, mostTexts) : NOT_FOUND
    },
  }
}

async function encode(
  model: TextModel,
  body: Asked['body'],
  spelling: NonNullable<FlagOptions['spelling']>,
  mostTexts: number,
): Promise<Answered> {
  const texts = listOf(body.texts)
  if (texts.length === 0) return unprocessable('texts', 'Field required')
  if (texts.length > mostTexts)
    return { status: 413, value: { detail: `at most ${mostTexts} texts, got ${texts.length}` } }
  const dense = (await model.embed(texts)).map((vector) => Array.from(vector))
  if (body.return_sparse !== true) return { status: 200, value: { dense_vecs: dense } }
  const terms = texts.map((text) => model.weigh(text))
  return { status: 200, value: spell(spelling, dense, terms) }
}

function spell(
  spelling: NonNullable<FlagOptions['spelling']>,
  dense: number[][],
  terms: Map<number, number>[],
): unknown {
  if (spelling === 'lexical_weights')
    return { dense_vecs: dense, lexical_weights: terms.map((each) => Object.fromEntries(each)) }
  if (spelling === 'sparse_vectors') {
    const sparse_vectors = terms.map((each) => ({
      indices: [...each.keys()],
      values: [...each.values()],
    }))
    return { dense_vectors: dense, sparse_vectors }
  }
  return {
    embeddings: dense.map((vector, at) => ({
      dense: vector,
      sparse: [...(terms[at] ?? [])].map(([index, value]) => ({ index, value })),
    })),
  }
}

function rerank(model: TextModel, body: Asked['body']): Answered {
  const documents = listOf(body.documents)
  if (documents.length === 0) return unprocessable('documents', 'Field required')
  const scores = new Array<number>(documents.length)
  for (const { index, score } of judged(model, String(body.query), documents)) scores[index] = score
  return { status: 200, value: { scores } }
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

const operation = (name: string) => ({
  post: { requestBody: { content: { 'application/json': { schema: ref(name) } }, required: true } },
})

const fields = (...names: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { title: name }])),
})

const describe = (path: string) => ({
  openapi: '3.1.0',
  info: { title: 'bge-m3', version: '0.1.0' },
  paths: {
    [path]: operation('EncodeRequest'),
    '/rerank': operation('RerankRequest'),
    '/health': { get: {} },
  },
  components: {
    schemas: {
      EncodeRequest: fields('texts', 'max_length', 'return_dense', 'return_sparse'),
      RerankRequest: fields('query', 'documents', 'normalize'),
    },
  },
})

const NOT_FOUND: Answered = { status: 404, value: { detail: 'Not Found' } }

const unprocessable = (field: string, msg: string): Answered => ({
  status: 422,
  value: { detail: [{ type: 'missing', loc: ['body', field], msg, input: {} }] },
})
