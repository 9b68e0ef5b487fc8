import { ControlError } from '#core'
import { embeddingsError } from '../errors.ts'
import { callServer } from '../servers/call.ts'
import { modelFor, type Server } from '../servers/found.ts'
import { type Ranked, readRanking } from './read-ranking.ts'

/** One call that ranks documents, in the way of the server; scores of all of them, in any order. */
export async function askReranker(
  server: Server,
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<Ranked[]> {
  const { shape, prefix } = server.found
  const model = modelFor(server.found, 'rerank')
  const cohere = { ...(model !== undefined && { model }), query, documents }
  switch (shape) {
    case 'tei':
      return post(server, '/rerank', { query, texts: documents, truncate: true }, documents, signal)
    case 'infinity':
      return post(server, `${prefix}/rerank`, cohere, documents, signal)
    case 'vllm':
    case 'openai':
      return askVllm(server, cohere, signal)
    case 'flag':
      return askFlag(server, query, documents, signal)
  }
}

/** Older vLLM has /score alone (vllm: docs/models/pooling_models/scoring.md). */
async function askVllm(
  server: Server,
  body: { query: string; documents: readonly string[] },
  signal: AbortSignal,
): Promise<Ranked[]> {
  const { query, documents, ...rest } = body
  try {
    return await post(server, '/v1/rerank', body, documents, signal)
  } catch (thrown) {
    if (!(thrown instanceof ControlError && thrown.code === 'EMBEDDINGS_SERVER_CHANGED'))
      throw thrown
    const score = { ...rest, text_1: query, text_2: documents }
    return post(server, '/score', score, documents, signal)
  }
}

function askFlag(
  server: Server,
  query: string,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<Ranked[]> {
  const door = server.found.rerankDoor
  if (!door) {
    throw embeddingsError('EMBEDDINGS_NOT_GIVEN', `${server.upstream.origin} does not rerank.`, {
      hint: 'Set rerank of the service in topology.yaml to a server that does.',
    })
  }
  const body = door.field.endsWith('pairs')
    ? { [door.field]: documents.map((text) => [query, text]) }
    : { query, [door.field]: documents }
  return post(server, door.path, body, documents, signal)
}

async function post(
  server: Server,
  path: string,
  body: unknown,
  documents: readonly string[],
  signal: AbortSignal,
): Promise<Ranked[]> {
  return readRanking(await callServer(server, path, body, signal), documents.length)
}
