import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createCleanup,
  listen,
  rawCall,
  read,
  startGateway,
  startServer,
  until,
} from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

/** A server that keeps the last request and answers with its body. */
async function startEcho() {
  const seen: { req?: IncomingMessage; body?: Buffer } = {}
  const server = open.add(
    await startServer(async (req, res) => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk)
      seen.req = req
      seen.body = Buffer.concat(chunks)
      res.writeHead(200, { 'content-type': 'application/octet-stream' })
      res.end(seen.body)
    }),
  )
  return { ...server, seen }
}

describe('what goes through', () => {
  it.each([0, 1, 850, 65_536, 65_537, 3_000_000])(
    'a body of %i bytes is the same in both directions',
    async (size) => {
      const echo = await startEcho()
      const gateway = open.add(await startGateway(echo.origin))
      const body = randomBytes(size)
      const answer = await read(`${gateway.origin}/x`, { method: 'POST', body })
      expect(answer.status).toBe(200)
      expect(hash(answer.body)).toBe(hash(body))
      expect(echo.seen.req?.headers['content-length']).toBe(String(size))
    },
  )

  it('a body sent in chunks of unknown length arrives whole', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin))
    const stream = new ReadableStream({
      start(controller) {
        for (const part of ['one ', 'two ', 'three']) controller.enqueue(Buffer.from(part))
        controller.close()
      },
    })
    const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
    const answer = await read(`${gateway.origin}/x`, init)
    expect(answer.body.toString()).toBe('one two three')
  })

  it.each([200, 201, 204, 304, 400, 404, 418, 500, 503])(
    'status %i stays what it is',
    async (code) => {
      const server = open.add(await startServer((_req, res) => res.writeHead(code).end()))
      const gateway = open.add(await startGateway(server.origin))
      expect((await read(`${gateway.origin}/x`)).status).toBe(code)
    },
  )

  it('a HEAD keeps the length of the body it does not get', async () => {
    const server = open.add(
      await startServer((_req, res) => res.writeHead(200, { 'content-length': 42 }).end()),
    )
    const gateway = open.add(await startGateway(server.origin))
    const answer = await read(gateway.origin, { method: 'HEAD' })
    expect([answer.headers.get('content-length'), answer.body.length]).toEqual(['42', 0])
  })

  it('a compressed answer is not touched', async () => {
    const packed = randomBytes(500)
    const server = open.add(
      await startServer((_req, res) =>
        res.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      ),
    )
    const gateway = open.add(await startGateway(server.origin))
    const answer = await rawCall(gateway.port, get('/x'))
    expect(answer).toContain('content-encoding: gzip')
    expect(answer).toContain(packed.toString('latin1'))
  })

  it('path and query arrive byte for byte', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin))
    await read(`${gateway.origin}/v1/a%20b/c?q=%2F..%2f&x=1&x=2`)
    expect(echo.seen.req?.url).toBe('/v1/a%20b/c?q=%2F..%2f&x=1&x=2')
  })

  it('early hints are swallowed, the answer after them is not', async () => {
    const server = open.add(
      await startServer((_req, res) => {
        res.writeEarlyHints({ link: '</a.css>; rel=preload' })
        res.end('hello')
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    expect((await read(gateway.origin)).body.toString()).toBe('hello')
  })

  it('pipelined requests are answered in their order', async () => {
    const server = open.add(await startServer((req, res) => res.end(`<${req.url}>`)))
    const gateway = open.add(await startGateway(server.origin))
    const answer = await rawCall(gateway.port, alive('/1') + alive('/2') + get('/3'))
    expect(answer.match(/<\/\d>/g)).toEqual(['</1>', '</2>', '</3>'])
  })
})

describe('streams', () => {
  it('each event passes before the next is written, and nobody on the way may hold it', async () => {
    const events = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n', 'data: [DONE]\n\n']
    let next = (): void => {}
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'max-age=9' })
        const waiting = [...events]
        next = () => {
          const event = waiting.shift()
          if (event === undefined) res.end()
          else res.write(event)
        }
        res.flushHeaders()
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const response = await fetch(gateway.origin)
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const reader = response.body?.getReader()
    for (const event of events) {
      next()
      const chunk = await reader?.read()
      expect(Buffer.from(chunk?.value ?? []).toString()).toBe(event)
    }
    next()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('events cut anywhere by the network come out as the same bytes', async () => {
    const text =
      'data: {"a":"é"}\r\n\r\n: ping\n\nevent: x\ndata: 1\ndata: 2\n\ndata: [DONE]\n\ndata: tail'
    const bytes = Buffer.from(text)
    let cuts: number[] = []
    const server = open.add(
      await startServer(async (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
        let from = 0
        for (const cut of [...cuts, bytes.length]) {
          await new Promise((resolve) => res.write(bytes.subarray(from, cut), resolve))
          from = cut
        }
        res.end()
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const cutPoints = fc.uniqueArray(fc.nat(bytes.length), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(cutPoints, async (points) => {
        cuts = points.sort((a, b) => a - b)
        expect((await read(gateway.origin)).body.toString()).toBe(text)
      }),
      { numRuns: 40 },
    )
  })

  it('an answer without a length shows its status before its first byte', async () => {
    let finish = (): void => {}
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(202, { 'content-type': 'audio/mpeg' })
        res.flushHeaders()
        finish = () => res.end('sound')
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const response = await fetch(gateway.origin)
    expect(response.status).toBe(202)
    finish()
    expect(await response.text()).toBe('sound')
  })
})

describe('what stays here', () => {
  it('the client is not asked for its credentials, the server gets its own', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin, { apiKey: 'service-key' }))
    await rawCall(
      gateway.port,
      get(
        '/x',
        'Authorization: Bearer client',
        'X-Api-Key: client',
        'api-key: client',
        'Cookie: a=client',
        'Proxy-Authorization: Basic client',
        'Origin: http://client.lan',
        'X-Forwarded-For: 6.6.6.6',
        'X-Kept: yes',
      ),
    )
    const headers = echo.seen.req?.headers ?? {}
    expect(headers.authorization).toBe('Bearer service-key')
    expect(headers['x-kept']).toBe('yes')
    expect(headers.host).toBe(echo.origin.slice('http://'.length))
    expect(JSON.stringify(headers)).not.toMatch(/client|6\.6\.6\.6/)
  })

  it('a client without a key brings none to a server without one', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin))
    await read(gateway.origin, { headers: { authorization: 'Bearer sk-anything' } })
    expect(echo.seen.req?.headers.authorization).toBeUndefined()
  })

  it('a server cannot set cookies, open the origin to others or change what the core has set', async () => {
    const orders = [
      ...['x-accel-redirect', 'x-accel-limit-rate', 'x-accel-expires', 'x-sendfile'],
      ...['x-lighttpd-send-file', 'x-reproxy-url', 'www-authenticate', 'reporting-endpoints'],
    ]
    const server = open.add(
      await startServer((_req, res) => {
        for (const name of orders) res.setHeader(name, '/etc/passwd')
        res.setHeader('set-cookie', 'a=1')
        res.setHeader('access-control-allow-origin', '*')
        res.setHeader('strict-transport-security', 'max-age=1')
        res.setHeader('refresh', '0;url=http://other.example')
        res.setHeader('service-worker-allowed', '/')
        res.setHeader('x-spark-control-simulated', 'true')
        res.setHeader('x-request-id', 'theirs')
        res.end('ok')
      }),
    )
    const answerHeaders = { 'x-request-id': 'ours' }
    const gateway = open.add(await startGateway(server.origin, { forward: { answerHeaders } }))
    const { headers } = await read(gateway.origin)
    for (const name of [
      ...orders,
      'set-cookie',
      'access-control-allow-origin',
      'strict-transport-security',
      'refresh',
      'service-worker-allowed',
      'x-spark-control-simulated',
    ]) {
      expect(headers.get(name)).toBeNull()
    }
    expect(headers.get('x-request-id')).toBe('ours')
  })

  it('what belongs to one connection never crosses, upwards', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin))
    const names = [
      'TE',
      'Trailer',
      'Keep-Alive',
      'Proxy-Connection',
      'Proxy-Authorization',
      'Upgrade',
    ]
    await fc.assert(
      fc.asyncProperty(hopHeaders(names), async ({ lines, gone, kept }) => {
        const answer = await rawCall(gateway.port, get('/x', ...lines))
        expect(answer).toMatch(/^HTTP\/1\.1 200/)
        const raw = (echo.seen.req?.rawHeaders ?? []).filter((_, i) => i % 2 === 0)
        const arrived = raw.map((name) => name.toLowerCase())
        for (const name of gone) expect(arrived).not.toContain(name)
        expect(arrived).toContain(kept)
      }),
      { numRuns: 150 },
    )
  })

  it('what belongs to one connection never crosses, downwards', async () => {
    let lines: string[] = []
    const server = open.add(
      await listen(
        createServer((socket) => {
          socket.on('data', () =>
            socket.write(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\nok`),
          )
        }),
      ),
    )
    const gateway = open.add(await startGateway(server.origin))
    const names = [
      'TE',
      'Trailer',
      'Proxy-Authenticate',
      'Proxy-Connection',
      'Proxy-Authentication-Info',
    ]
    await fc.assert(
      fc.asyncProperty(hopHeaders(names), async (drawn) => {
        lines = drawn.lines
        const { headers, body } = await read(gateway.origin)
        expect(body.toString()).toBe('ok')
        for (const name of drawn.gone) expect(headers.get(name)).toBeNull()
        expect(headers.get(drawn.kept)).toBe('v')
      }),
      { numRuns: 150 },
    )
  })
})

describe('Expect: 100-continue', () => {
  it('gets its 100 once the body is wanted, and the server never sees it', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin))
    const head = 'POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n'
    const answer = await rawCall(gateway.port, `${head}Content-Length: 5\r\n\r\nhello`)
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    expect(echo.seen.req?.headers.expect).toBeUndefined()
  })

  it('is refused before a byte of the body is sent when the body is too large', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin, { maxBytes: 10 }))
    const answer = await rawCall(
      gateway.port,
      'POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413/)
    expect(echo.sockets.size).toBe(0)
  })

  it('asking for anything else is answered 417', async () => {
    const echo = await startEcho()
    const gateway = open.add(await startGateway(echo.origin))
    const answer = await rawCall(gateway.port, get('/x', 'Expect: miracles'))
    expect(answer).toMatch(/^HTTP\/1\.1 417[\s\S]*EXPECTATION_FAILED/)
  })
})

it('nothing is left running or open when all have been answered', async () => {
  const echo = await startEcho()
  const gateway = open.add(await startGateway(echo.origin))
  await Promise.all(Array.from({ length: 50 }, (_, i) => read(`${gateway.origin}/${i}`)))
  expect(gateway.upstream.inFlight).toBe(0)
  await gateway.upstream.close()
  await until(() => echo.sockets.size === 0)
})

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const alive = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`

const get = (path: string, ...lines: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...lines, 'Connection: close', '', ''].join('\r\n')

/** Header lines of which some belong to the connection: by their name, or named in `Connection`. */
function hopHeaders(known: string[]) {
  const token = fc.stringMatching(/^x-[a-z]{1,8}$/)
  return fc
    .record({
      fixed: fc.subarray(known),
      named: fc.uniqueArray(token, { maxLength: 3 }),
      spelling: fc.constantFrom('Connection', 'connection', 'CONNECTION'),
      space: fc.constantFrom('', ' ', '  '),
    })
    .map(({ fixed, named, spelling, space }) => ({
      lines: [
        ...fixed.map((name) => `${name}: v`),
        ...named.map((name) => `${name.toUpperCase()}: v`),
        'x-kept-on-the-way: v',
        ...(named.length > 0 ? [`${spelling}: ${named.join(`,${space}`)}`] : []),
      ],
      gone: [...fixed.map((name) => name.toLowerCase()), ...named],
      kept: 'x-kept-on-the-way',
    }))
}
