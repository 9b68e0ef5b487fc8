import type { ServerResponse } from 'node:http'
import { randomHex } from '../pace.ts'
import { type FinishReason, type Generator, generate, type Piece } from './generate.ts'
import type { Generation } from './request.ts'
import type { Dialect, Narrator } from './wire.ts'

type Pieces = AsyncGenerator<Piece[], FinishReason>

/** Answers one generation on `response`, as a stream of events or in one piece. */
export async function replyWith(
  response: ServerResponse,
  generator: Generator,
  generation: Generation,
  dialect: Dialect,
): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort(new Error('the client left')))
  const envelope = {
    id: `${dialect.idPrefix}-${randomHex(Math.random, 32)}`,
    created: Math.floor(Date.now() / 1000),
    model: generation.model,
  }
  const pieces = generate(generator, generation, left.signal)
  const narrator = dialect.narrate(envelope, generation)
  try {
    if (generation.isStream) await stream(response, generation, pieces, narrator)
    else await collect(response, generation, pieces, narrator)
  } catch (error) {
    if (!left.signal.aborted && !generator.gone.aborted) throw error
    response.destroy() // nobody to answer, or nobody left who could
  }
}

async function stream(
  response: ServerResponse,
  generation: Generation,
  pieces: Pieces,
  narrator: Narrator,
): Promise<void> {
  let produced = 0
  let next = await pieces.next()
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.write(narrator.open())
  for (; !next.done; next = await pieces.next()) {
    produced += next.value.length
    const text = next.value.map((piece) => narrator.piece(piece)).join('')
    if (!response.write(text)) await drained(response)
  }
  response.end(narrator.close(next.value, usageOf(generation, produced)))
}

async function collect(
  response: ServerResponse,
  generation: Generation,
  pieces: Pieces,
  narrator: Narrator,
): Promise<void> {
  const all: Piece[] = []
  let next = await pieces.next()
  for (; !next.done; next = await pieces.next()) all.push(...next.value)
  const whole = narrator.whole(all, next.value, usageOf(generation, all.length))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(whole))
}

function usageOf(generation: Generation, completionTokens: number) {
  return { prompt_tokens: generation.promptTokens, completion_tokens: completionTokens }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}
