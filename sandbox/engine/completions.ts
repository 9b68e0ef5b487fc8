import type { FinishReason, Piece } from './generate.ts'
import { type Dialect, type Envelope, textOf, toolOf, type Usage } from './wire.ts'

/** `POST /v1/chat/completions`. */
export const CHAT: Dialect = {
  idPrefix: 'chatcmpl',
  narrate: (envelope, generation) => ({
    open: () => event(chatChunk(envelope, { role: 'assistant', content: '' })),
    piece: (piece) => event(chatChunk(envelope, deltaOf(piece, envelope))),
    close(reason, usage) {
      const end = { finish_reason: reason, stop_reason: null }
      const last = event(chatChunk(envelope, { content: '' }, end))
      const counted = { ...chatChunk(envelope, {}), choices: [], usage: withTotal(usage) }
      return `${last}${generation.wantsUsage ? event(counted) : ''}${DONE}`
    },
    whole: (pieces, reason, usage) => ({
      ...envelope,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: messageOf(pieces, envelope),
          logprobs: null,
          finish_reason: reason,
          stop_reason: null,
        },
      ],
      service_tier: null,
      system_fingerprint: null,
      usage: withTotal(usage),
      prompt_logprobs: null,
    }),
  }),
}

/** `POST /v1/completions`. */
export const COMPLETION: Dialect = {
  idPrefix: 'cmpl',
  narrate: (envelope, generation) => ({
    open: () => '',
    piece: (piece) => event(textChunk(envelope, piece.text, null)),
    close(reason, usage) {
      const counted = { ...textChunk(envelope, '', null), choices: [], usage: withTotal(usage) }
      const last = event(textChunk(envelope, '', reason))
      return `${last}${generation.wantsUsage ? event(counted) : ''}${DONE}`
    },
    whole: (pieces, reason, usage) => ({
      ...textChunk(envelope, textOf(pieces, 'content'), reason),
      usage: withTotal(usage),
    }),
  }),
}

const DONE = 'data: [DONE]\n\n'

function event(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function deltaOf(piece: Piece, envelope: Envelope): object {
  if (piece.kind !== 'tool') return { [piece.kind]: piece.text }
  if (piece.name === undefined) {
    return { tool_calls: [{ index: 0, function: { arguments: piece.text } }] }
  }
  const named = { name: piece.name, arguments: '' }
  return { tool_calls: [{ id: callId(envelope), type: 'function', index: 0, function: named }] }
}

function messageOf(pieces: readonly Piece[], envelope: Envelope): object {
  const name = toolOf(pieces)
  const content = textOf(pieces, 'content')
  const called = { name, arguments: textOf(pieces, 'tool') }
  return {
    role: 'assistant',
    content: name === undefined ? content : content || null,
    refusal: null,
    annotations: null,
    audio: null,
    function_call: null,
    tool_calls:
      name === undefined ? [] : [{ id: callId(envelope), type: 'function', function: called }],
    reasoning: textOf(pieces, 'reasoning') || null,
  }
}

function chatChunk(envelope: Envelope, delta: object, end: object = { finish_reason: null }) {
  return {
    ...envelope,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, ...end }],
  }
}

function textChunk(envelope: Envelope, text: string, reason: FinishReason | null) {
  return {
    ...envelope,
    object: 'text_completion',
    choices: [{ index: 0, text, logprobs: null, finish_reason: reason, stop_reason: null }],
  }
}

function callId(envelope: Envelope): string {
  return `chatcmpl-tool-${envelope.id.slice(-32)}`
}

function withTotal(usage: Usage) {
  return {
    prompt_tokens: usage.prompt_tokens,
    total_tokens: usage.prompt_tokens + usage.completion_tokens,
    completion_tokens: usage.completion_tokens,
    prompt_tokens_details: null,
  }
}
