import type { FinishReason, Piece } from './generate.ts'
import { type Dialect, type Envelope, textOf, toolOf, type Usage } from './wire.ts'

/** `POST /v1/responses`. */
export const RESPONSES: Dialect = {
  idPrefix: 'resp',
  narrate(envelope) {
    let sequence = 0
    const told: Piece[] = []
    let open: Piece['kind'] | undefined
    let index = -1
    const event = (type: string, value: object) => {
      const numbered = { type, sequence_number: sequence, ...value }
      sequence += 1
      return `event: ${type}\ndata: ${JSON.stringify(numbered)}\n\n`
    }
    const end = () => {
      if (open === undefined) return ''
      const item = itemOf(open, told, envelope, 'completed')
      open = undefined
      return event('response.output_item.done', { output_index: index, item })
    }
    const begin = (piece: Piece) => {
      const before = end()
      open = piece.kind
      index += 1
      const item = itemOf(piece.kind, [{ ...piece, text: '' }], envelope, 'in_progress')
      return before + event('response.output_item.added', { output_index: index, item })
    }
    return {
      open: () =>
        event('response.created', { response: response(envelope, [], 'in_progress') }) +
        event('response.in_progress', { response: response(envelope, [], 'in_progress') }),
      piece(piece) {
        const before = open === piece.kind ? '' : begin(piece)
        told.push(piece)
        if (piece.text === '') return before
        const where = { output_index: index, item_id: itemId(piece.kind, envelope) }
        const delta = { ...where, content_index: 0, delta: piece.text }
        return before + event(DELTAS[piece.kind], delta)
      },
      close: (reason, usage) =>
        end() +
        event(reason === 'length' ? 'response.incomplete' : 'response.completed', {
          response: finished(envelope, told, reason, usage),
        }),
      whole: (pieces, reason, usage) => finished(envelope, pieces, reason, usage),
    }
  },
}

const KINDS = ['reasoning', 'content', 'tool'] as const
const DELTAS = {
  reasoning: 'response.reasoning_text.delta',
  content: 'response.output_text.delta',
  tool: 'response.function_call_arguments.delta',
}

function finished(
  envelope: Envelope,
  pieces: readonly Piece[],
  reason: FinishReason,
  usage: Usage,
) {
  const output = KINDS.filter((kind) => pieces.some((piece) => piece.kind === kind)).map((kind) =>
    itemOf(kind, pieces, envelope, 'completed'),
  )
  return {
    ...response(envelope, output, reason === 'length' ? 'incomplete' : 'completed'),
    incomplete_details: reason === 'length' ? { reason: 'max_output_tokens' } : null,
    usage: {
      input_tokens: usage.prompt_tokens,
      output_tokens: usage.completion_tokens,
      total_tokens: usage.prompt_tokens + usage.completion_tokens,
    },
  }
}

function itemOf(
  kind: Piece['kind'],
  pieces: readonly Piece[],
  envelope: Envelope,
  status: string,
): object {
  const id = itemId(kind, envelope)
  const text = textOf(pieces, kind)
  if (kind === 'reasoning') {
    return {
      id,
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text }],
      status,
    }
  }
  if (kind === 'content') {
    const part = { type: 'output_text', text, annotations: [], logprobs: null }
    return { id, type: 'message', role: 'assistant', content: [part], status }
  }
  const call_id = `call_${envelope.id.slice(-24)}`
  return { id, type: 'function_call', call_id, name: toolOf(pieces), arguments: text, status }
}

function itemId(kind: Piece['kind'], envelope: Envelope): string {
  const prefix = { reasoning: 'rs', content: 'msg', tool: 'fc' }[kind]
  return `${prefix}_${envelope.id.slice(-24)}`
}

function response(envelope: Envelope, output: object[], status: string) {
  return {
    id: envelope.id,
    created_at: envelope.created,
    object: 'response',
    model: envelope.model,
    status,
    output,
  }
}
