import type { ServerResponse } from 'node:http'
import { randomHex } from '../pace.ts'
import { type FinishReason, type Generator, generate, type Piece } from './generate.ts'
import type { Generation } from './request.ts'

/** How chat and plain completions differ on the wire. */
export interface Wire {
  open?(piece: Envelope): object
  chunk(piece: Piece, envelope: Envelope): object
  last(reason: FinishReason, envelope: Envelope): object
  whole(pieces: readonly Piece[], reason: FinishReason, envelope: Envelope): object
}

export interface Envelope {
  id: string
  created: number
  model: string
}

/** Answers one generation on `response`, as a stream of events or in one piece. */
export async function answerGeneration(
  response: ServerResponse,
  generator: Generator,
  generation: Generation,
  wire: Wire,
  idPrefix: string,
): Promise<void> {
  const left = new AbortController()
  response.once('close', () => left.abort(new Error('the client left')))
  const envelope: Envelope = {
    id: `${idPrefix}-${randomHex(Math.random, 32)}`,
    created: Math.floor(Date.now() / 1000),
    model: generation.model,
  }
  const pieces = generate(generator, generation, left.signal)
  try {
    if (generation.isStream) await stream(response, generation, pieces, wire, envelope)
    else await collect(response, generation, pieces, wire, envelope)
  } catch (error) {
    if (!left.signal.aborted && !generator.gone.aborted) throw error
    response.destroy() // nobody to answer, or nobody left who could
  }
}

type Pieces = AsyncGenerator<Piece[], FinishReason>

async function stream(
  response: ServerResponse,
  generation: Generation,
  pieces: Pieces,
  wire: Wire,
  envelope: Envelope,
): Promise<void> {
  const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`
  let produced = 0
  let next = await pieces.next()
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  if (wire.open) response.write(event(wire.open(envelope)))
  for (; !next.done; next = await pieces.next()) {
    produced += next.value.length
    const text = next.value.map((piece) => event(wire.chunk(piece, envelope))).join('')
    if (!response.write(text)) await drained(response)
  }
  response.write(event(wire.last(next.value, envelope)))
  if (generation.wantsUsage) {
    const usage = usageOf(generation, produced)
    response.write(event({ ...base(wire.last('stop', envelope)), choices: [], usage }))
  }
  response.end('data: [DONE]\n\n')
}

async function collect(
  response: ServerResponse,
  generation: Generation,
  pieces: Pieces,
  wire: Wire,
  envelope: Envelope,
): Promise<void> {
  const all: Piece[] = []
  let next = await pieces.next()
  for (; !next.done; next = await pieces.next()) all.push(...next.value)
  const answer = {
    ...wire.whole(all, next.value, envelope),
    usage: usageOf(generation, all.length),
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}

/** `POST /v1/chat/completions`. */
export const CHAT: Wire = {
  open: (envelope) => chatChunk(envelope, { role: 'assistant', content: '' }),
  chunk(piece, envelope) {
    if (piece.kind !== 'tool') return chatChunk(envelope, { [piece.kind]: piece.text })
    const call = piece.name
      ? {
          id: `chatcmpl-tool-${envelope.id.slice(-32)}`,
          type: 'function',
          index: 0,
          function: { name: piece.name, arguments: '' },
        }
      : { index: 0, function: { arguments: piece.text } }
    return chatChunk(envelope, { tool_calls: [call] })
  },
  last: (reason, envelope) =>
    chatChunk(envelope, { content: '' }, { finish_reason: reason, stop_reason: null }),
  whole(pieces, reason, envelope) {
    const text = (kind: Piece['kind']) =>
      pieces
        .filter((piece) => piece.kind === kind)
        .map((piece) => piece.text)
        .join('')
    const tool = pieces.find((piece) => piece.kind === 'tool')
    const name = tool?.kind === 'tool' ? tool.name : undefined
    const call = {
      id: `chatcmpl-tool-${envelope.id.slice(-32)}`,
      type: 'function',
      function: { name, arguments: text('tool') },
    }
    const message = {
      role: 'assistant',
      content: name ? text('content') || null : text('content'),
      refusal: null,
      annotations: null,
      audio: null,
      function_call: null,
      tool_calls: name ? [call] : [],
      reasoning: text('reasoning') || null,
    }
    return {
      ...envelope,
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: reason, stop_reason: null }],
      service_tier: null,
      system_fingerprint: null,
      prompt_logprobs: null,
    }
  },
}

/** `POST /v1/completions`. */
export const COMPLETION: Wire = {
  chunk: (piece, envelope) => textChunk(envelope, piece.text, null),
  last: (reason, envelope) => textChunk(envelope, '', reason),
  whole: (pieces, reason, envelope) =>
    textChunk(envelope, pieces.map((piece) => piece.text).join(''), reason),
}

function chatChunk(envelope: Envelope, delta: object, more: object = { finish_reason: null }) {
  return {
    ...envelope,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, ...more }],
  }
}

function textChunk(envelope: Envelope, text: string, reason: FinishReason | null) {
  return {
    ...envelope,
    object: 'text_completion',
    choices: [{ index: 0, text, logprobs: null, finish_reason: reason, stop_reason: null }],
  }
}

function base(chunk: object): object {
  return { ...chunk }
}

function usageOf(generation: Generation, completionTokens: number) {
  return {
    prompt_tokens: generation.promptTokens,
    total_tokens: generation.promptTokens + completionTokens,
    completion_tokens: completionTokens,
    prompt_tokens_details: null,
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve)
    response.once('close', resolve)
  })
}
