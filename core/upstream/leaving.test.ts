import { createServer, type IncomingMessage } from 'node:http'
import { connect, createServer as createNetServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup, listen, startGateway, startServer, until } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

describe('a client that leaves', () => {
  it.each(['FIN', 'RST'] as const)('in prefill (%s) ends the work at the server', async (how) => {
    const started: IncomingMessage[] = []
    const server = open.add(await startServer((req) => started.push(req)))
    const gateway = open.add(await startGateway(server.origin))
    const client = send(gateway.port, post('/prefill', 'a question'))
    await until(() => started.length === 1)
    leave(client, how)
    await until(() => server.sockets.size === 0)
    expect(gateway.upstream.inFlight).toBe(0)
  })

  it.each(['FIN', 'RST'] as const)(
    'in mid-stream (%s) ends the work at the server',
    async (how) => {
      const server = open.add(
        await startServer((_req, res) => {
          res.writeHead(200, { 'content-type': 'text/event-stream' })
          res.write('data: 1\n\n')
        }),
      )
      const gateway = open.add(await startGateway(server.origin))
      const client = send(gateway.port, post('/stream', 'x'))
      let heard = ''
      client.on('data', (chunk) => {
        heard += chunk
      })
      await until(() => heard.includes('data: 1'))
      leave(client, how)
      await until(() => server.sockets.size === 0)
      expect(gateway.upstream.inFlight).toBe(0)
    },
  )

  it.each(['FIN', 'RST'] as const)(
    'in mid-upload (%s) ends the upload at the server',
    async (how) => {
      let received = 0
      const server = open.add(
        await startServer((req) => {
          req.on('data', (chunk: Buffer) => {
            received += chunk.length
          })
          req.on('error', () => {})
        }),
      )
      const gateway = open.add(await startGateway(server.origin))
      const head = 'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n'
      const client = send(gateway.port, head + 'x'.repeat(200_000))
      await until(() => received >= 200_000)
      leave(client, how)
      await until(() => server.sockets.size === 0)
      expect(gateway.upstream.inFlight).toBe(0)
    },
  )

  it('before its small body is whole costs the server nothing', async () => {
    const server = open.add(await startServer((_req, res) => res.end()))
    const gateway = open.add(await startGateway(server.origin))
    const client = send(
      gateway.port,
      'POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf',
    )
    await until(() => gateway.upstream.inFlight === 1)
    leave(client, 'FIN')
    await until(() => gateway.upstream.inFlight === 0)
    expect(server.sockets.size).toBe(0)
  })

  it('while the connection to the server is still being made starts nothing there', async () => {
    let requests = 0
    const server = open.add(await startServer(() => requests++))
    let resolved: (() => void) | undefined
    const gateway = open.add(
      await startGateway(`http://server.test:${server.port}`, {
        lookup: (_name, { all }, callback) => {
          const address = '127.0.0.1'
          resolved = () =>
            all ? callback(null, [{ address, family: 4 }]) : callback(null, address, 4)
        },
      }),
    )
    const client = send(gateway.port, post('/x', 'x'))
    await until(() => resolved !== undefined)
    leave(client, 'RST')
    await until(() => gateway.upstream.inFlight === 0)
    resolved?.()
    await until(() => server.accepted === 1)
    await gateway.upstream.close()
    expect(requests).toBe(0)
  })

  it('with several pipelined requests ends all of them', async () => {
    let requests = 0
    const server = open.add(await startServer(() => requests++))
    const gateway = open.add(await startGateway(server.origin))
    const client = send(gateway.port, post('/1', 'x') + post('/2', 'x') + post('/3', 'x'))
    await until(() => requests === 3)
    expect(gateway.upstream.inFlight).toBe(3)
    leave(client, 'RST')
    await until(() => server.sockets.size === 0)
    expect(gateway.upstream.inFlight).toBe(0)
  })

  it('while it does not read, with a full stream behind it, ends the stream', async () => {
    const server = open.add(await startServer((_req, res) => pour(res)))
    const gateway = open.add(await startGateway(server.origin))
    const client = send(gateway.port, post('/flood', 'x'))
    client.pause()
    await until(() => server.sockets.size === 1)
    leave(client, 'RST')
    await until(() => server.sockets.size === 0)
    expect(gateway.upstream.inFlight).toBe(0)
  })

  it('at any byte of any request leaves nothing behind', async () => {
    const server = open.add(
      await startServer((req, res) => {
        req.on('error', () => {})
        req.resume()
        req.once('end', () => pourSome(res))
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const request = post('/x', 'x'.repeat(100_000))
    await fc.assert(
      fc.asyncProperty(fc.nat(request.length), fc.nat(60_000), async (sent, heard) => {
        const client = send(gateway.port, request.slice(0, sent))
        let bytes = 0
        client.on('data', (chunk) => {
          bytes += chunk.length
        })
        if (sent === request.length) await until(() => bytes >= heard)
        else await until(() => client.writableLength === 0 && !client.connecting)
        leave(client, 'RST')
        await until(() => gateway.upstream.inFlight === 0)
      }),
      {
        numRuns: 150,
        examples: [
          [request.length, 0],
          [request.length, 60_000],
        ],
      },
    )
    await gateway.upstream.close()
    await until(() => server.sockets.size === 0)
  })
})

describe('a slow reader', () => {
  it('holds the server back: of an endless answer only some buffers full are pulled', async () => {
    let written = 0
    const server = open.add(
      await startServer((_req, res) => {
        const more = (): void => {
          do written += MIB.length
          while (res.write(MIB))
        }
        res.on('drain', more)
        more()
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const client = send(gateway.port, post('/flood', 'x'))
    client.pause()
    const seen: number[] = []
    // Nothing more moves when the count stands still over many turns of the loop.
    await until(() => seen.push(written) > 2_000 && seen.at(-1) === seen.at(-1_500))
    expect(written).toBeGreaterThan(0)
    expect(written).toBeLessThan(32 * MIB.length)
  })

  it('gets every byte once it reads', async () => {
    const parts = 64
    const server = open.add(
      await startServer(async (_req, res) => {
        for (let i = 0; i < parts; i += 1) {
          if (!res.write(MIB)) await new Promise((resolve) => res.once('drain', resolve))
        }
        res.end()
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const response = await fetch(gateway.origin)
    await until(() => gateway.upstream.inFlight === 1)
    let size = 0
    for await (const chunk of response.body ?? []) size += chunk.length
    expect(size).toBe(parts * MIB.length)
  })
})

describe('a slow server', () => {
  it('holds the client back: of an endless upload only some buffers full are taken', async () => {
    const stalled: Socket[] = []
    const server = open.add(
      await listen(
        createNetServer((socket) => {
          socket.pause()
          stalled.push(socket)
        }),
      ),
    )
    const gateway = open.add(await startGateway(server.origin))
    const client = send(
      gateway.port,
      'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n',
    )
    let taken = 0
    const more = (): void => {
      do taken += MIB.length
      while (client.write(MIB))
    }
    client.on('drain', more)
    more()
    const seen: number[] = []
    await until(() => seen.push(taken) > 2_000 && seen.at(-1) === seen.at(-1_500))
    expect(taken).toBeLessThan(32 * MIB.length)
    expect(stalled.length).toBe(1)
  })
})

it('an answer that comes before the upload has ended reaches the client', async () => {
  const server = open.add(
    await listen(
      createServer((_req, res) => {
        res.writeHead(401, { 'content-length': 6 })
        res.end('no key')
      }),
    ),
  )
  const gateway = open.add(await startGateway(server.origin))
  const client = send(
    gateway.port,
    'POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n',
  )
  let heard = ''
  client.on('data', (chunk) => {
    heard += chunk
  })
  client.write('x'.repeat(200_000))
  await until(() => heard.endsWith('no key'))
  expect(heard).toMatch(/^HTTP\/1\.1 401/)
  // The rest of the upload is still taken, so that no reset destroys the answer.
  client.write('x'.repeat(100_000))
  await new Promise((resolve) => client.once('close', resolve))
  expect(gateway.upstream.inFlight).toBe(0)
})

const MIB = Buffer.alloc(1024 * 1024, 'x')

function send(port: number, text: string): Socket {
  const client = connect(port, '127.0.0.1')
  client.on('error', () => {})
  client.write(text)
  return client
}

function leave(client: Socket, how: 'FIN' | 'RST'): void {
  if (how === 'RST') client.resetAndDestroy()
  else client.end()
  client.resume()
}

function pour(res: import('node:http').ServerResponse): void {
  const more = (): void => {
    while (res.write(MIB));
  }
  res.on('drain', more)
  more()
}

function pourSome(res: import('node:http').ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  for (let i = 0; i < 70; i += 1) res.write(`data: ${'t'.repeat(1_000)}\n\n`)
}

const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
