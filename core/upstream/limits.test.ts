import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createCleanup, rawCall, read, startGateway, startServer, until } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

describe('the largest body', () => {
  const start = async (maxBytes: number) => {
    const seen = { requests: 0, bytes: 0 }
    const server = open.add(
      await startServer((req, res) => {
        seen.requests += 1
        req.on('error', () => {})
        req.on('data', (part: Buffer) => {
          seen.bytes += part.length
        })
        req.on('end', () => res.end(String(seen.bytes)))
      }),
    )
    return { seen, gateway: open.add(await startGateway(server.origin, { maxBytes })) }
  }

  it.each([1_000, 100_000])('of %i bytes passes, one byte more is 413', async (maxBytes) => {
    const { seen, gateway } = await start(maxBytes)
    const url = `${gateway.origin}/api/x`
    const fits = await read(url, { method: 'POST', body: 'x'.repeat(maxBytes) })
    expect(fits.body.toString()).toBe(String(maxBytes))
    const tooMuch = await read(url, { method: 'POST', body: 'x'.repeat(maxBytes + 1) })
    expect(tooMuch.status).toBe(413)
    expect(JSON.parse(tooMuch.body.toString()).error.code).toBe('PAYLOAD_TOO_LARGE')
    expect(seen.requests).toBe(1)
  })

  it('holds for chunks too, whose length nobody declared', async () => {
    const { seen, gateway } = await start(100_000)
    const chunks = `8000\r\n${'x'.repeat(0x8000)}\r\n`.repeat(20)
    const answer = await rawCall(
      gateway.port,
      `POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413[\s\S]*payload_too_large/)
    expect(seen.bytes).toBeLessThanOrEqual(100_000)
    await until(() => gateway.upstream.inFlight === 0)
  })
})

describe('curl -F', () => {
  const run = promisify(execFile)
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-curl-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('of 3 MB, which asks with Expect: 100-continue, arrives byte for byte', async ({ skip }) => {
    const curl = await run('curl', ['--version']).catch(() => null)
    if (!curl) skip('curl is not installed')
    let form = Buffer.alloc(0)
    const server = open.add(
      await startServer(async (req, res) => {
        const parts: Buffer[] = []
        for await (const part of req) parts.push(part)
        form = Buffer.concat(parts)
        res.end(`${req.headers.expect ?? 'no expectation'}`)
      }),
    )
    const gateway = open.add(await startGateway(server.origin))
    const audio = randomBytes(3_000_000)
    const file = join(folder, 'audio.wav')
    await writeFile(file, audio)
    const { stdout, stderr } = await run('curl', [
      ...['-sS', '-v', '-H', 'Expect: 100-continue', '-F', 'model=m', '-F', `file=@${file}`],
      `${gateway.origin}/v1/audio/transcriptions`,
    ])
    expect(stdout).toBe('no expectation')
    expect(stderr).toContain('HTTP/1.1 100 Continue')
    const start = form.indexOf(audio.subarray(0, 64))
    expect(hash(form.subarray(start, start + audio.length))).toBe(hash(audio))
  })
})

describe('time', () => {
  it('silence longer than request_timeout is 504, and the server is let go', async () => {
    const clock = createFakeClock()
    const server = open.add(await startServer(() => {}))
    const gateway = open.add(await startGateway(server.origin, { requestTimeoutMs: 30_000, clock }))
    const calling = read(`${gateway.origin}/api/x`)
    await until(() => server.sockets.size === 1 && clock.sleepers === 1)
    await clock.advance(29_999)
    expect(gateway.upstream.inFlight).toBe(1)
    await clock.advance(1)
    const answer = await calling
    expect(answer.status).toBe(504)
    expect(JSON.parse(answer.body.toString()).error.message).toContain('silent for 30 s')
    await until(() => server.sockets.size === 0)
    expect(clock.sleepers).toBe(0)
  })

  it('request_timeout is about silence: a stream that goes on may take hours', async () => {
    const clock = createFakeClock()
    let say = (_text: string): void => {}
    const server = open.add(
      await startServer((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        say = (text) => void res.write(text)
        res.flushHeaders()
      }),
    )
    const gateway = open.add(await startGateway(server.origin, { requestTimeoutMs: 30_000, clock }))
    const response = await fetch(`${gateway.origin}/v1/x`)
    const reader = response.body?.getReader()
    for (let n = 0; n < 10; n += 1) {
      say(`data: ${n}\n\n`)
      await reader?.read()
      await clock.advance(20_000)
    }
    expect(gateway.upstream.inFlight).toBe(1)
    await clock.advance(30_000)
    const last = Buffer.from((await reader?.read())?.value ?? []).toString()
    expect(last).toContain('upstream_timeout')
  })

  it('a client that is slow to send is not held against the server', async () => {
    const clock = createFakeClock()
    const server = open.add(
      await startServer((req, res) => req.resume().once('end', () => res.end())),
    )
    const gateway = open.add(await startGateway(server.origin, { requestTimeoutMs: 30_000, clock }))
    let send: ReadableStreamDefaultController | undefined
    const body = new ReadableStream({
      start(controller) {
        send = controller
        controller.enqueue(Buffer.from('first'))
      },
    })
    const calling = read(gateway.origin, { method: 'POST', body, duplex: 'half' } as RequestInit)
    await until(() => server.sockets.size === 1)
    await clock.advance(300_000)
    send?.close()
    expect((await calling).status).toBe(200)
  })
})

describe('draining', () => {
  const start = async () => {
    const clock = createFakeClock()
    const answers: (() => void)[] = []
    const server = open.add(await startServer((_req, res) => answers.push(() => res.end('done'))))
    const gateway = open.add(await startGateway(server.origin, { clock }))
    return { clock, answers, gateway, server }
  }

  it('lets what runs finish, refuses what is new with Retry-After, and says when it is empty', async () => {
    const { gateway, answers } = await start()
    const running = read(gateway.origin)
    await until(() => answers.length === 1)
    const drained = gateway.upstream.drain(30_000)
    const refused = await read(`${gateway.origin}/v1/x`)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(JSON.parse(refused.body.toString()).error.code).toBe('draining')
    answers[0]?.()
    expect(await drained).toBe(true)
    expect((await running).body.toString()).toBe('done')
    gateway.upstream.resume()
    const again = read(gateway.origin)
    await until(() => answers.length === 2)
    answers[1]?.()
    expect((await again).status).toBe(200)
  })

  it('ends at its deadline with false, and cut says how many it ended', async () => {
    const { gateway, answers, clock, server } = await start()
    const running = [read(`${gateway.origin}/v1/a`), read(`${gateway.origin}/v1/b`)]
    await until(() => answers.length === 2)
    const drained = gateway.upstream.drain(30_000)
    await clock.advance(30_000)
    expect(await drained).toBe(false)
    expect(gateway.upstream.cut()).toBe(2)
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(503)
    await until(() => server.sockets.size === 0)
    expect(gateway.upstream.inFlight).toBe(0)
  })

  it('with nothing running is over at once', async () => {
    const { gateway } = await start()
    expect(await gateway.upstream.drain(30_000)).toBe(true)
    expect(gateway.upstream.isDraining).toBe(true)
  })

  it('stops waiting when its signal is aborted', async () => {
    const { gateway, answers, clock } = await start()
    const running = read(gateway.origin)
    await until(() => answers.length === 1)
    const stop = new AbortController()
    const drained = gateway.upstream.drain(30_000, stop.signal)
    stop.abort(new Error('cancelled'))
    await expect(drained).rejects.toThrow('cancelled')
    expect(clock.sleepers).toBe(0)
    answers[0]?.()
    await running
  })
})

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
