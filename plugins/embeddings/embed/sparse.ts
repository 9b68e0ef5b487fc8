import { ControlError } from '#core'
import { callServer } from '../servers/call.ts'
import { modelFor, type Server } from '../servers/found.ts'
import { type Embedded, isMap, readEmbedded, readSparseList } from './read-embedded.ts'
import { readSparse } from './read-sparse.ts'
import type { SparseVector } from './vectors.ts'

/**
 * How a server gives sparse vectors: TEI's own path, vLLM's plugin for bge-m3 (with the dense ones),
 * vLLM's weights of tokens that the tokenizer names, along with the dense ones, or not at all.
 */
export type SparseWay = 'tei' | 'plugin' | 'tokens' | 'along' | 'none'

/** One call (or for `tokens` some) for the sparse vectors of texts. */
export function askSparse(
  server: Server,
  way: 'tei' | 'plugin' | 'tokens',
  texts: readonly string[],
  signal: AbortSignal,
): Promise<SparseVector[]> {
  return ASKS[way](server, texts, signal)
}

/** Both sides by vLLM's plugin (vllm: tests/plugins/bge_m3_sparse_plugin). */
export async function askPlugin(
  server: Server,
  texts: readonly string[],
  task: 'sparse' | 'dense&sparse',
  signal: AbortSignal,
): Promise<Embedded> {
  const answer = await callServer(
    server,
    '/pooling',
    { ...modelOf(server), task: 'plugin', data: { input: texts, embed_task: task } },
    signal,
  )
  // the pooling route wraps what a plugin answers
  return readEmbedded(isMap(answer) && isMap(answer.data) ? answer.data : answer)
}

type Ask = (
  server: Server,
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<SparseVector[]>

const ASKS: Record<'tei' | 'plugin' | 'tokens', Ask> = {
  async tei(server, texts, signal) {
    const body = { inputs: texts, truncate: true }
    return readSparseList(await callServer(server, '/embed_sparse', body, signal))
  },
  async plugin(server, texts, signal) {
    return (await askPlugin(server, texts, 'sparse', signal)).sparse ?? unreadable()
  },
  async tokens(server, texts, signal) {
    const pooling = { ...modelOf(server), task: 'token_classify', input: texts }
    const answer = await callServer(server, '/pooling', pooling, signal)
    const rows = isMap(answer) && Array.isArray(answer.data) ? answer.data : unreadable()
    return Promise.all(
      texts.map(async (prompt, at) => {
        const body = { ...modelOf(server), prompt, add_special_tokens: false }
        const tokenized = await callServer(server, '/tokenize', body, signal)
        return readSparse(pair(idsOf(tokenized), weightsOf(rows[at]))) ?? unreadable()
      }),
    )
  },
}

/**
 * Weights of tokens beside their ids. vLLM leaves out the first special token of a text and, by its
 * version, keeps the last one, whose weight counts for nothing.
 */
function pair(ids: number[], weights: number[]): { index: number; value: number }[] {
  const spare = weights.length - ids.length
  if (spare < 0 || spare > 2) unreadable()
  const from = spare === 2 ? 1 : 0
  return ids.map((index, at) => ({ index, value: weights[at + from] ?? 0 }))
}

function weightsOf(row: unknown): number[] {
  const values = isMap(row) ? row.data : undefined
  if (!Array.isArray(values)) return unreadable()
  return values.map((value) => Number(Array.isArray(value) ? value[0] : value))
}

const idsOf = (answer: unknown): number[] =>
  isMap(answer) && Array.isArray(answer.tokens) ? answer.tokens.map(Number) : unreadable()

function modelOf({ found }: Server): { model?: string } {
  const model = modelFor(found, 'sparse') ?? modelFor(found, 'embed')
  return model === undefined ? {} : { model }
}

function unreadable(): never {
  throw new ControlError(
    'UPSTREAM_FAILED',
    'The server gives no sparse vectors that can be read.',
    {
      hint: "The server's log says why.",
    },
  )
}
