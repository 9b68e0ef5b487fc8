export interface ServerEvent {
  id: string | undefined
  event: string
  data: string
}

/** Server-sent events of an answer, as they come; `onBytes` is told of comments, too. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes?: () => void,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes?.()
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/)
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = parseEvent(block)
        if (event) yield event
      }
    }
  } finally {
    // The reader may have been left in the middle; the rest is of no use.
    await reader.cancel().catch(() => undefined)
  }
}

function parseEvent(block: string): ServerEvent | undefined {
  const data: string[] = []
  let id: string | undefined
  let event = 'message'
  for (const line of block.split(/\r?\n/)) {
    const match = /^(id|event|data): ?(.*)$/s.exec(line)
    if (!match) continue
    const value = match[2] ?? ''
    if (match[1] === 'data') data.push(value)
    else if (match[1] === 'id') id = value
    else event = value
  }
  return data.length > 0 ? { id, event, data: data.join('\n') } : undefined
}
