import type { FaultBox } from '../faults.ts'
import type { Pace } from '../pace.ts'
import { type Answer, composeAnswer, splitTokens } from './answer.ts'
import type { EngineMetrics } from './metrics.ts'
import type { Generation } from './request.ts'

/** A piece of an answer, about one token. */
export type Piece =
  | { kind: 'reasoning' | 'content'; text: string }
  | { kind: 'tool'; name?: string; text: string }

export type FinishReason = 'stop' | 'length' | 'tool_calls'

/** What generating needs of its engine. */
export interface Generator {
  pace: Pace
  metrics: EngineMetrics
  faults: FaultBox
  maxNumSeqs: number
  /** Ends the engine, as a fault in the middle of an answer does. */
  die(): void
  /** Aborts when the engine ends. */
  gone: AbortSignal
}

const TOKENS_PER_S = 40
const PREFILL_TOKENS_PER_S = 2500
// Timers below this are not kept by the system anyway; several tokens go out at once then.
const SHORTEST_WAIT_MS = 4

/**
 * Generates an answer at the pace of a GB10: waits for a free place, reads the prompt, yields
 * pieces. Returns why it ended. Throws when `signal` aborts (the client left).
 */
export async function* generate(
  generator: Generator,
  generation: Generation,
  signal: AbortSignal,
): AsyncGenerator<Piece[], FinishReason> {
  const { metrics, pace, faults } = generator
  const either = AbortSignal.any([signal, generator.gone])
  const startedAt = Date.now()
  metrics.waiting += 1
  try {
    while (metrics.running >= generator.maxNumSeqs) await pace.sleep(20, either)
  } finally {
    metrics.waiting -= 1
  }
  metrics.running += 1
  metrics.observe('request_queue_time_seconds', (Date.now() - startedAt) / 1000)
  metrics.cachedTokens += generation.promptTokens
  let produced = 0
  let end: keyof EngineMetrics['finished'] = 'abort'
  try {
    const slow = faults.current().busy ? 5 : 1
    await pace.sleep((60 + (1000 * generation.promptTokens) / PREFILL_TOKENS_PER_S) * slow, either)
    metrics.promptTokens += generation.promptTokens
    metrics.observe('request_prefill_time_seconds', (Date.now() - startedAt) / 1000)
    metrics.observe('time_to_first_token_seconds', (Date.now() - startedAt) / 1000)
    const writesFrom = Date.now()
    const { pieces, reason } = plan(generation)
    for await (const due of paced(generator, pieces, either)) {
      produced += due.length
      metrics.generatedTokens += due.length
      metrics.cachedTokens += due.length
      yield due
    }
    metrics.observe('request_decode_time_seconds', (Date.now() - writesFrom) / 1000)
    end = reason === 'length' ? 'length' : 'stop'
    return reason
  } finally {
    metrics.running -= 1
    metrics.cachedTokens -= generation.promptTokens + produced
    metrics.finished[end] += 1
    metrics.observe('e2e_request_latency_seconds', (Date.now() - startedAt) / 1000)
  }
}

/** Hands pieces out when they are due. */
async function* paced(
  generator: Generator,
  pieces: readonly Piece[],
  signal: AbortSignal,
): AsyncGenerator<Piece[]> {
  const { metrics, pace, faults } = generator
  const breakAt = Math.min(12, Math.floor(pieces.length / 2))
  let done = 0
  let lastAt = Date.now()
  while (done < pieces.length) {
    const slow = (1 + 0.12 * (metrics.running - 1)) * (faults.current().busy ? 5 : 1)
    const tokenMs = (1000 / TOKENS_PER_S) * slow
    const waitMs = Math.max(tokenMs, SHORTEST_WAIT_MS * pace.speed)
    await pace.sleep(waitMs, signal)
    const fault = faults.current().engine
    const isBreaking = fault === 'die-mid-stream' || fault === 'hang-mid-stream'
    const due = pieces.slice(done, done + Math.max(1, Math.round(waitMs / tokenMs)))
    if (isBreaking && done + due.length > breakAt) {
      yield pieces.slice(done, breakAt)
      faults.end('engine')
      await pace.sleep(5 * SHORTEST_WAIT_MS * pace.speed, signal) // so that what came so far arrives
      if (fault === 'die-mid-stream') generator.die()
      else await pace.sleep(2 ** 30, signal)
    }
    done += due.length
    const nowMs = Date.now()
    metrics.observe('inter_token_latency_seconds', (nowMs - lastAt) / 1000 / due.length)
    lastAt = nowMs
    yield due
  }
}

function plan(generation: Generation): { pieces: Piece[]; reason: FinishReason } {
  const answer = composeAnswer(generation.question)
  let pieces = toPieces(answer)
  if (generation.ignoresEnd) {
    const wanted = Math.min(generation.maxTokens, 100_000)
    pieces = Array.from(
      { length: wanted },
      (_each, index) => pieces[index % pieces.length] ?? EMPTY,
    )
  }
  pieces = cutAtStop(pieces, generation.stop)
  if (pieces.length > generation.maxTokens) {
    return { pieces: pieces.slice(0, generation.maxTokens), reason: 'length' }
  }
  if (generation.ignoresEnd) return { pieces, reason: 'length' }
  return { pieces, reason: answer.toolCall ? 'tool_calls' : 'stop' }
}

const EMPTY: Piece = { kind: 'content', text: ' ' }

function toPieces(answer: Answer): Piece[] {
  const pieces: Piece[] = splitTokens(answer.reasoning).map((text) => ({ kind: 'reasoning', text }))
  pieces.push(...splitTokens(answer.content).map((text): Piece => ({ kind: 'content', text })))
  if (answer.toolCall) {
    pieces.push({ kind: 'tool', name: answer.toolCall.name, text: '' })
    pieces.push(
      ...(answer.toolCall.arguments.match(/.{1,4}/gs) ?? []).map(
        (text): Piece => ({ kind: 'tool', text }),
      ),
    )
  }
  return pieces
}

function cutAtStop(pieces: Piece[], stop: string[]): Piece[] {
  if (stop.length === 0) return pieces
  let content = ''
  const kept: Piece[] = []
  for (const piece of pieces) {
    if (piece.kind === 'content') content += piece.text
    if (stop.some((word) => word !== '' && content.includes(word))) break
    kept.push(piece)
  }
  return kept
}
