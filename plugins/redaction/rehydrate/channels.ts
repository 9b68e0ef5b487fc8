import type { Format } from './encode.ts'

/** A text that comes in pieces over several events, and how such an event is made. */
export interface Delta {
  /** The same for all pieces of one text. */
  channel: string
  format: Format
  piece: string
  put(piece: string): void
  /** An event that carries this piece alone. */
  make(piece: string): { event?: string; data: unknown }
}

type Map = Record<string, unknown>

const TEXTS = ['content', 'refusal', 'reasoning', 'reasoning_content', 'thinking']

/**
 * The pieces an event brings: chunks of OpenAI's chat and completions, deltas of its responses, and
 * of Anthropic's messages. Every other string of an event is whole.
 */
export function deltasOf(data: unknown): Delta[] {
  if (!isMap(data)) return []
  if (Array.isArray(data.choices))
    return data.choices.flatMap((choice, n) => (isMap(choice) ? ofChoice(data, choice, n) : []))
  if (data.type === 'content_block_delta' && isMap(data.delta)) return ofBlock(data, data.delta)
  if (typeof data.type === 'string' && typeof data.delta === 'string') return ofResponse(data)
  return []
}

/** Channels that are over with an event: those that begin so; an empty text means all of them. */
export function endedBy(data: unknown): string[] {
  if (!isMap(data)) return []
  if (Array.isArray(data.choices))
    return data.choices.flatMap((choice, n) =>
      isMap(choice) && choice.finish_reason != null ? [choiceName(choice, n)] : [],
    )
  if (data.type === 'content_block_stop') return [`block/${String(data.index)}/`]
  const isOver = /^(message_stop|message_delta|error)$|\.(done|completed|failed|incomplete)$/
  return typeof data.type === 'string' && isOver.test(data.type) ? [''] : []
}

const choiceName = (choice: Map, n: number): string => `choice/${String(choice.index ?? n)}/`

function ofChoice(chunk: Map, choice: Map, n: number): Delta[] {
  const name = choiceName(choice, n)
  const make = (inner: Map) => ({
    data: {
      ...chunk,
      usage: undefined,
      choices: [{ index: choice.index ?? n, ...inner, finish_reason: null }],
    },
  })
  const { delta } = choice
  const whole = pieceOf(choice, 'text', `${name}text`, 'text', (text) => make({ text }))
  if (!isMap(delta)) return whole
  return [
    ...whole,
    ...TEXTS.flatMap((key) =>
      pieceOf(delta, key, name + key, 'text', (piece) => make({ delta: { [key]: piece } })),
    ),
    ...ofCall(delta.function_call, `${name}call`, (call) =>
      make({ delta: { function_call: call } }),
    ),
    ...(Array.isArray(delta.tool_calls) ? delta.tool_calls : []).flatMap((call, k) => {
      if (!isMap(call)) return []
      const index = call.index ?? k
      return ofCall(call.function, `${name}tool/${String(index)}`, (inner) =>
        make({ delta: { tool_calls: [{ index, function: inner }] } }),
      )
    }),
  ]
}

const ofCall = (call: unknown, channel: string, make: (call: Map) => { data: unknown }): Delta[] =>
  isMap(call)
    ? pieceOf(call, 'arguments', channel, 'json', (piece) => make({ arguments: piece }))
    : []

function ofBlock(data: Map, delta: Map): Delta[] {
  const name = `block/${String(data.index)}/`
  const make = (key: string) => (piece: string) => ({
    event: 'content_block_delta',
    data: { ...data, delta: { type: delta.type, [key]: piece } },
  })
  return [
    ...pieceOf(delta, 'text', `${name}text`, 'text', make('text')),
    ...pieceOf(delta, 'thinking', `${name}thinking`, 'text', make('thinking')),
    ...pieceOf(delta, 'partial_json', `${name}json`, 'json', make('partial_json')),
  ]
}

function ofResponse(data: Map): Delta[] {
  const type = String(data.type)
  const { item_id, output_index, content_index } = data
  const channel = JSON.stringify([type, item_id, output_index, content_index])
  const format = /arguments|input/.test(type) ? 'json' : 'text'
  return pieceOf(data, 'delta', channel, format, (piece) => ({
    event: type,
    data: { ...data, delta: piece },
  }))
}

function pieceOf(
  holder: Map,
  key: string,
  channel: string,
  format: Format,
  make: Delta['make'],
): Delta[] {
  const piece = holder[key]
  if (typeof piece !== 'string') return []
  const put = (text: string): void => {
    holder[key] = text
  }
  return [{ channel, format, piece, put, make }]
}

const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
