import type { FinishReason, Piece } from './generate.ts'
import { type Dialect, type Envelope, textOf, toolOf, type Usage } from './wire.ts'

/** `POST /v1/messages`: Anthropic's dialect. */
export const MESSAGES: Dialect = {
  idPrefix: 'chatcmpl',
  narrate(envelope, generation) {
    const blocks = createBlocks(envelope)
    return {
      open: () =>
        event('message_start', {
          message: {
            ...message(envelope, [], null),
            usage: { input_tokens: generation.promptTokens, output_tokens: 0 },
          },
        }),
      piece: (piece) => blocks.piece(piece),
      close: (reason, usage) =>
        blocks.end() +
        event('message_delta', {
          delta: { stop_reason: STOP_REASONS[reason], stop_sequence: null },
          usage: counted(usage),
        }) +
        event('message_stop', {}),
      whole(pieces, reason, usage) {
        const content = BLOCK_KINDS.flatMap((kind) => wholeBlock(kind, pieces, envelope))
        return { ...message(envelope, content, STOP_REASONS[reason]), usage: counted(usage) }
      },
    }
  },
}

const BLOCK_KINDS = ['reasoning', 'content', 'tool'] as const
const STOP_REASONS: Record<FinishReason, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
}

/** Opens a content block whenever the kind of the pieces changes. */
function createBlocks(envelope: Envelope) {
  let index = -1
  let open: Piece['kind'] | undefined
  const end = () => {
    const text = open === undefined ? '' : event('content_block_stop', { index })
    open = undefined
    return text
  }
  return {
    end,
    piece(piece: Piece): string {
      let text = ''
      if (open !== piece.kind) {
        text = end()
        open = piece.kind
        index += 1
        text += event('content_block_start', { index, content_block: emptyBlock(piece, envelope) })
      }
      return piece.text === ''
        ? text
        : text + event('content_block_delta', { index, delta: deltaOf(piece) })
    },
  }
}

function emptyBlock(piece: Piece, envelope: Envelope): object {
  if (piece.kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' }
  if (piece.kind === 'content') return { type: 'text', text: '' }
  const name = toolOf([piece])
  return { type: 'tool_use', id: `toolu_${envelope.id.slice(-24)}`, name, input: {} }
}

function deltaOf(piece: Piece): object {
  if (piece.kind === 'reasoning') return { type: 'thinking_delta', thinking: piece.text }
  if (piece.kind === 'content') return { type: 'text_delta', text: piece.text }
  return { type: 'input_json_delta', partial_json: piece.text }
}

function wholeBlock(kind: Piece['kind'], pieces: readonly Piece[], envelope: Envelope): object[] {
  const text = textOf(pieces, kind)
  if (kind === 'reasoning')
    return text === '' ? [] : [{ type: 'thinking', thinking: text, signature: '' }]
  if (kind === 'content') return text === '' ? [] : [{ type: 'text', text }]
  const name = toolOf(pieces)
  if (name === undefined) return []
  return [
    {
      type: 'tool_use',
      id: `toolu_${envelope.id.slice(-24)}`,
      name,
      input: JSON.parse(text || '{}'),
    },
  ]
}

function message(envelope: Envelope, content: object[], stopReason: string | null) {
  return {
    id: envelope.id,
    type: 'message',
    role: 'assistant',
    model: envelope.model,
    content,
    stop_reason: stopReason,
    stop_sequence: null,
  }
}

function counted(usage: Usage) {
  return { input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens }
}

function event(type: string, value: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`
}
