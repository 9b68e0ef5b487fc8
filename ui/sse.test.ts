import { describe, expect, it } from 'vitest'
import { readEvents, type ServerEvent } from './sse.ts'

const TEXT = 'retry: 1\n\n: beat\n\nid: e-1\nevent: job\ndata: {"a":\ndata: "ü"}\n\ndata: x\r\n\r\n'
const EXPECTED: ServerEvent[] = [
  { id: 'e-1', event: 'job', data: '{"a":\n"ü"}' },
  { id: undefined, event: 'message', data: 'x' },
]

describe('server-sent events', () => {
  it.each([1, 2, 3, 7, 1000])('are the same however the bytes are cut (%i)', async (size) => {
    const bytes = new TextEncoder().encode(TEXT)
    const body = new ReadableStream<Uint8Array>({
      start(control) {
        for (let at = 0; at < bytes.length; at += size) control.enqueue(bytes.slice(at, at + size))
        control.close()
      },
    })
    expect(await Array.fromAsync(readEvents(body))).toEqual(EXPECTED)
  })

  it('end the connection when their reader leaves', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (control) => control.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel() {
        isCancelled = true
      },
    })
    for await (const { data } of readEvents(body)) {
      expect(data).toBe('1')
      break
    }
    expect(isCancelled).toBe(true)
  })
})
