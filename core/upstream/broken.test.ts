import { createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup, listen, rawCall, read, startGateway, startServer } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

/** A server that sends `bytes` of a scripted answer and then dies. */
async function startDying(script: { bytes: Buffer; how: 'FIN' | 'RST' }) {
  return open.add(
    await listen(
      createServer((socket) => {
        socket.once('data', () => die(socket, script.bytes, script.how))
      }),
    ),
  )
}

describe('a server that dies', () => {
  it('before it listens is answered 502 UPSTREAM_UNREACHABLE with the way out', async () => {
    const server = await startServer(() => {})
    await server.close()
    const gateway = open.add(await startGateway(server.origin))
    const answer = await read(`${gateway.origin}/api/llm/x`, { method: 'POST', body: 'x' })
    expect(answer.status).toBe(502)
    const { error } = JSON.parse(answer.body.toString())
    expect(error.code).toBe('UPSTREAM_UNREACHABLE')
    expect(error.message).toBe(`${server.origin} refuses connections.`)
    expect(error.hint).toContain('host and port')
    expect(gateway.upstream.inFlight).toBe(0)
  })

  it.each(['FIN', 'RST'] as const)('before its headers (%s) is answered 502', async (how) => {
    const server = await startDying({ bytes: Buffer.alloc(0), how })
    const gateway = open.add(await startGateway(server.origin))
    const answer = await read(`${gateway.origin}/v1/chat/completions`, {
      method: 'POST',
      body: '{}',
    })
    expect(answer.status).toBe(502)
    const { error } = JSON.parse(answer.body.toString())
    expect(error).toMatchObject({ type: 'server_error', param: null, code: 'upstream_failed' })
  })

  it('speaking something else than HTTP is answered 502', async () => {
    const server = await startDying({ bytes: Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), how: 'FIN' })
    const gateway = open.add(await startGateway(server.origin))
    const answer = await read(gateway.origin)
    expect([answer.status, JSON.parse(answer.body.toString()).error.code]).toEqual([
      502,
      'UPSTREAM_FAILED',
    ])
  })

  const body = 'x'.repeat(3_000)
  const counted = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const chunked =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
    `3e8\r\n${'y'.repeat(1_000)}\r\n`.repeat(3) +
    '0\r\n\r\n'
  it.each([
    ['with a content-length', counted],
    ['in chunks', chunked],
  ])('anywhere in an answer %s never looks like an end', async (_title, text) => {
    const script = { bytes: Buffer.alloc(0), how: 'FIN' as 'FIN' | 'RST' }
    const server = await startDying(script)
    const gateway = open.add(await startGateway(server.origin))
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom('FIN', 'RST'), async (cut, how) => {
        script.bytes = Buffer.from(text.slice(0, cut))
        script.how = how
        const answer = await read(gateway.origin).catch(() => 'nothing at all')
        if (typeof answer === 'string') return
        expect(answer.status === 502 || !answer.isWhole).toBe(true)
      }),
      {
        numRuns: 150,
        examples: [
          [text.length - 1, 'FIN'],
          [text.length - 2, 'FIN'],
          [0, 'RST'],
        ],
      },
    )
    expect(gateway.upstream.inFlight).toBe(0)
  })

  it('anywhere in an event stream leaves whole events, an error event and no [DONE]', async () => {
    const events = Array.from({ length: 12 }, (_, n) => `data: {"n":${n}}\n\n`)
    const stream = [...events, 'data: [DONE]\n\n'].map(chunk).join('')
    const head =
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
    const script = { bytes: Buffer.alloc(0), how: 'FIN' as 'FIN' | 'RST' }
    const server = await startDying(script)
    const gateway = open.add(await startGateway(server.origin))
    // The last event's own chunk stays out: with it the stream has said everything.
    const longest = stream.length - chunk('data: [DONE]\n\n').length
    await fc.assert(
      fc.asyncProperty(fc.nat(longest), fc.constantFrom('FIN', 'RST'), async (cut, how) => {
        script.bytes = Buffer.from(head + stream.slice(0, cut))
        script.how = how
        const answer = await read(`${gateway.origin}/v1/chat/completions`)
        const told = answer.body.toString()
        // A reset may overtake the head itself.
        if (answer.status === 502) return
        const parts = told.split('\n\n').filter((part) => part.trim() !== '')
        const last = parts.pop() ?? ''
        expect(last).toMatch(/^\n?event: error\ndata: \{"error":\{"message":/)
        expect(JSON.parse(last.slice(last.indexOf('{'))).error.code).toBe('upstream_failed')
        expect(parts.map((part) => `${part.trim()}\n\n`)).toEqual(events.slice(0, parts.length))
        expect(told).not.toContain('[DONE]')
      }),
      {
        numRuns: 150,
        examples: [
          [0, 'FIN'],
          [longest, 'FIN'],
          [20, 'FIN'],
        ],
      },
    )
  })

  it('in an event stream is an error for the official OpenAI client', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write('data: {"choices":[{"delta":{"content":"Hel"}}]}\n\ndata: {"choices":[{"del')
        setImmediate(() => res.destroy())
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const client = new OpenAI({ baseURL: `${gateway.origin}/v1`, apiKey: 'none', maxRetries: 0 })
    const stream = await client.chat.completions.create({ model: 'm', messages: [], stream: true })
    let text = ''
    const reading = (async () => {
      for await (const part of stream) text += part.choices[0]?.delta.content ?? ''
    })()
    await expect(reading).rejects.toThrow('broke off')
    expect(text).toBe('Hel')
  })

  it('in a compressed event stream cuts it, since nothing can be added to it', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'br' })
        res.write('\n')
        setImmediate(() => res.destroy())
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const answer = await rawCall(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(answer).not.toContain('error')
    expect(answer.endsWith('0\r\n\r\n')).toBe(false)
  })

  it('says in its own words what ends a stream when the caller wants so', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write('data: 1\n\n')
        setImmediate(() => res.destroy())
      }),
    )
    const onBrokenStream = () => 'event: broken\ndata: {}\n\n'
    const gateway = open.add(await startGateway(server.origin, { forward: { onBrokenStream } }))
    const answer = await read(gateway.origin)
    expect(answer.body.toString()).toBe('data: 1\n\n\nevent: broken\ndata: {}\n\n')
  })

  it('is a reset, not an end, for a client of HTTP/1.0', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write('data: 1\n\n')
        setImmediate(() => res.destroy())
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const { connect } = await import('node:net')
    const client = connect(gateway.port, '127.0.0.1')
    client.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n')
    client.resume()
    const error = await new Promise<NodeJS.ErrnoException>((resolve) =>
      client.once('error', resolve),
    )
    expect(error.code).toBe('ECONNRESET')
  })

  it('after answering, with its connection kept, does not spoil the next request', async () => {
    let current: Socket | undefined
    const server = open.add(
      await startServer((req, res) => {
        current = req.socket
        res.end('ok')
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    for (let i = 0; i < 20; i += 1) {
      expect((await read(gateway.origin)).body.toString()).toBe('ok')
      current?.destroy()
    }
  })
})

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

function die(socket: Socket, bytes: Buffer, how: 'FIN' | 'RST'): void {
  const end = (): void => {
    if (how === 'RST') socket.resetAndDestroy()
    else socket.end()
  }
  if (bytes.length === 0) end()
  else socket.write(bytes, end)
}
