import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  type ControlError,
  type DoorCall,
  Nullable,
  type RawAnswer,
  type Service,
  Type,
  Value,
} from '#core'
import { invalid, parseObject } from '../embed/read-request.ts'
import { embeddingsError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { reranker } from './reranker.ts'

const MOST_DOCUMENTS = 2048

const Document = Type.Union([Type.String(), Type.Object({ text: Type.String() })])

/** What Cohere and Jina take. */
const Body = Type.Object({
  model: Type.Optional(Nullable(Type.String())),
  query: Type.String({ minLength: 1 }),
  documents: Type.Array(Document, { minItems: 1, maxItems: MOST_DOCUMENTS }),
  top_n: Type.Optional(Nullable(Type.Integer({ minimum: 1 }))),
  return_documents: Type.Optional(Nullable(Type.Boolean())),
})

/** POST /v1/rerank in the shape of Cohere and Jina, over whatever server there is. */
export async function answerRerank(
  service: Service<Settings>,
  { body: stream, signal }: DoorCall,
): Promise<RawAnswer> {
  const body = readRerankRequest(await buffer(stream))
  const found = await reranker(service, signal)
  if (!found) throw noReranker(service.id)
  const documents = body.documents.map((each) => (typeof each === 'string' ? each : each.text))
  const ranked = await found.rerank(body.query, documents, body.top_n ?? null, signal)
  const answer = {
    id: `rerank-${randomUUID()}`,
    object: 'list',
    model: found.model ?? body.model ?? service.id,
    results: ranked.map(({ index, relevance_score }) => ({
      index,
      relevance_score,
      ...(body.return_documents && { document: { text: documents[index] } }),
    })),
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Readable.from([Buffer.from(JSON.stringify(answer))]),
  }
}

function readRerankRequest(bytes: Buffer): typeof Body.static {
  const body = parseObject(bytes)
  if (Value.Check(Body, body)) return body
  const path = [...Value.Errors(Body, body)][0]?.path.slice(1).replaceAll('/', '.') ?? ''
  throw invalid(path, EXPECTED[path.split('.')[0] ?? ''] ?? 'is not taken')
}

const EXPECTED: Record<string, string> = {
  model: 'must be the name of a model',
  query: 'must be a text that is not empty',
  documents: `must be 1 to ${MOST_DOCUMENTS} texts, or objects with a "text"`,
  top_n: 'must be a whole number from 1 on',
  return_documents: 'must be true or false',
}

const noReranker = (id: string): ControlError =>
  embeddingsError('RERANKER_MISSING', `${id} has no server that reranks.`, {
    hint: `Set services.${id}.rerank in topology.yaml, such as { port: 8002 }.`,
  })
