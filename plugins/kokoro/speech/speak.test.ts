import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { ControlError, Service } from '#core'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { createPace } from '../../../sandbox/pace.ts'
import { createFormantEngine } from '../../../sandbox/tts/formant-engine.ts'
import { createTtsServer } from '../../../sandbox/tts/http.ts'
import type { TtsTrouble } from '../../../sandbox/tts/serving.ts'
import { readWavHead } from '../audio/wav.ts'
import type { Settings } from '../settings.ts'
import { speakerOf } from '../speaker.ts'
import { captionsAnswer, speechAnswer } from './speak.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

/** A service over the simulated server, or over one of the test's own. */
async function start(own?: (req: IncomingMessage, res: ServerResponse) => void) {
  const closing = new AbortController()
  const state = { trouble: undefined as TtsTrouble, asked: [] as string[] }
  const engine = createFormantEngine(createPace(1e6, closing.signal), () => false)
  const server = own
    ? createServer(own)
    : createTtsServer({
        ...{ engine, isSimulated: true, beforeHealth: async () => {} },
        trouble: () => state.trouble,
        log: (line) => state.asked.push(line),
      })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const upstream = createUpstream({ origin, requestTimeoutMs: null })
  undo.push(async () => {
    closing.abort()
    server.closeAllConnections()
    server.close()
    await upstream.close()
  })
  const clock = { now: () => performance.now(), sleep: async () => {} }
  const service = { id: 'tts', http: () => upstream, clock } as unknown as Service<Settings>
  const speaker = speakerOf(service)
  const leaving = new AbortController()
  const call = (body: unknown) => ({
    ...{ headers: {}, query: new URLSearchParams(), sizeBytes: undefined },
    caller: { address: '127.0.0.1' },
    signal: leaving.signal,
    body: Readable.from([Buffer.from(JSON.stringify(body))]),
  })
  const ask = (body: unknown) => speechAnswer(service, speaker).answer(call(body))
  return {
    ...{ state, speaker, server, leaving, ask },
    captions: (body: unknown) => captionsAnswer(service, speaker).answer(call(body)),
    async speak(body: unknown) {
      const { headers, body: parts } = await ask(body)
      return { headers, bytes: await collect(parts) }
    },
  }
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const part of parts) chunks.push(part)
  return Buffer.concat(chunks)
}

const failure = (work: Promise<unknown>): Promise<ControlError> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (thrown) => thrown,
  )

const LONG = Array.from({ length: 40 }, (_, n) => `This is sentence number ${n}, said aloud.`).join(
  ' ',
)

describe('speech', () => {
  it('comes as the server makes it, and is counted', async () => {
    const { speak, speaker } = await start()
    const { headers, bytes } = await speak({ input: 'Good morning.', response_format: 'pcm' })
    expect(headers['content-type']).toBe('audio/pcm')
    expect(speaker.meter.totals()).toMatchObject({
      ...{ requests: 1, characters: 13, audioS: bytes.length / 48_000 },
    })
    expect(speaker.meter.realtimeFactor()).toBeGreaterThan(0)
    const names = speaker.meter.families().map(({ name }) => name)
    expect(names).toContain('kokoro:realtime_factor')
  })

  it('has its first bytes before its last ones are made', async () => {
    let finish = () => {}
    const { ask } = await start((req, res) => {
      if (req.method === 'GET') return void res.writeHead(404).end()
      res.writeHead(200, { 'content-type': 'audio/pcm' }).write('first')
      finish = () => res.end(' last')
    })
    const { body } = await ask({ input: 'a', response_format: 'pcm' })
    const parts = body[Symbol.asyncIterator]()
    expect(String((await parts.next()).value)).toBe('first')
    finish()
    expect(String((await parts.next()).value)).toBe(' last')
    expect((await parts.next()).done).toBe(true)
  })

  it('ends at the server when the caller leaves, which is no error of the server', async () => {
    const left = Promise.withResolvers<void>()
    const { ask, leaving, speaker } = await start((req, res) => {
      if (req.method === 'GET') return void res.writeHead(404).end()
      res.writeHead(200, { 'content-type': 'audio/pcm' }).write('first')
      res.once('close', left.resolve)
    })
    const { body } = await ask({ input: 'a', response_format: 'pcm' })
    const reading = collect(body)
    leaving.abort(new Error('gone'))
    await expect(reading).rejects.toThrow('gone')
    await left.promise
    expect(speaker.lastError()).toBeNull()
    const [requests] = speaker.meter.families()
    expect(requests?.samples).toEqual([{ labels: { format: 'pcm', outcome: 'left' }, value: 1 }])
  })

  it('with an unknown voice is not asked for', async () => {
    const { ask, state } = await start()
    const error = await failure(ask({ input: 'a', voice: 'af_hart' }))
    expect(error).toMatchObject({
      code: 'VOICE_UNKNOWN',
      hint: expect.stringContaining('af_heart'),
    })
    expect(state.asked.filter((line) => line.includes('POST'))).toEqual([])
  })

  it('with a voice that was added since is asked for', async () => {
    const voices = ['af_heart']
    const { ask, speaker } = await start((req, res) => {
      if (req.url === '/v1/audio/voices') return void res.end(JSON.stringify({ voices }))
      if (req.method === 'GET') return void res.end('{}')
      res.writeHead(200, { 'content-type': 'audio/mpeg' }).end('x')
    })
    await ask({ input: 'a', voice: 'af_heart' })
    voices.push('my_voice')
    expect((await failure(ask({ input: 'a', voice: 'my_voice' }))).code).toBe('VOICE_UNKNOWN')
    speaker.forget()
    await ask({ input: 'a', voice: 'my_voice' })
  })

  it('that the server refuses says so in our words, and is kept as the last error', async () => {
    const { ask, state, speaker } = await start()
    expect(await failure(ask({ input: 'a', model: 'other' }))).toMatchObject({
      ...{ code: 'INVALID_MODEL', status: 400, message: 'Unsupported model: other' },
    })
    state.trouble = 'error'
    expect(await failure(ask({ input: 'a' }))).toMatchObject({ code: 'SERVER_ERROR', status: 502 })
    expect(speaker.lastError()).toMatchObject({ code: 'SERVER_ERROR' })
  })

  it('that breaks off never looks whole', async () => {
    const { speak, state, speaker } = await start()
    state.trouble = 'cut'
    const error = await failure(speak({ input: LONG, response_format: 'pcm' }))
    expect(error.code).toBe('UPSTREAM_FAILED')
    expect(speaker.lastError()).toMatchObject({ code: 'UPSTREAM_FAILED' })
  })

  it('gives links to files as paths of ours', async () => {
    const { ask } = await start()
    const wanted = { response_format: 'wav', return_download_link: true, return_timing: true }
    const { headers } = await ask({ input: 'a', ...wanted })
    expect(headers['x-download-path']).toMatch(/^\/download\/tts\/\w+\.wav$/)
    expect(headers['x-timing-path']).toBe(`${headers['x-download-path']}.json`)
  })

  it('with captions is one object, or one a line', async () => {
    const { captions } = await start()
    const whole = await captions({ input: 'One. Two.', response_format: 'pcm', stream: false })
    expect(JSON.parse(String(await collect(whole.body))).timestamps).toHaveLength(2)
    const lines = await captions({ input: 'One. Two.', response_format: 'pcm' })
    expect(lines.headers['content-type']).toContain('ndjson')
    expect(lines.headers).not.toHaveProperty('content-disposition')
    expect(
      String(await collect(lines.body))
        .trim()
        .split('\n'),
    ).toHaveLength(2)
  })
})

describe('a long text as one file', () => {
  it('is one WAV of the right length, made of its sentences', async () => {
    const { speak, state } = await start()
    const asked = { input: LONG, response_format: 'wav', stream: false }
    const { headers, bytes } = await speak(asked)
    expect(state.asked.filter((line) => line.includes('POST')).length).toBeGreaterThan(2)
    expect(headers['content-length']).toBe(String(bytes.length))
    expect(readWavHead(bytes)).toEqual({
      format: { codec: 1, channels: 1, sampleRateHz: 24_000, bitsPerSample: 16 },
      startByte: 44,
      sizeBytes: bytes.length - 44,
    })
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8)
    // gapless: as long as the server's own answer in one go
    const streamed = await speak({ ...asked, stream: true })
    expect(bytes.length).toBe(streamed.bytes.length)
    const pcm = await speak({ ...asked, response_format: 'pcm' })
    expect(pcm.bytes.equals(bytes.subarray(44))).toBe(true)
  })

  it('has no click where its parts meet', async () => {
    // a square wave that is cut at its height makes the worst step there can be
    const level = [20_000, -20_000]
    let piece = 0
    const { speak } = await start((req, res) => {
      if (req.method === 'GET') return void res.writeHead(404).end()
      const samples = Buffer.alloc(9_600)
      for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE(level[piece % 2] ?? 0, at)
      piece += 1
      res.writeHead(200, { 'content-type': 'audio/wav' })
      const head = Buffer.from(
        '524946460000000057415645666d74201000000001000100c05d000080bb00000200100064617461ffffffff',
        'hex',
      )
      res.end(Buffer.concat([head, samples]))
    })
    const { bytes } = await speak({ input: LONG, response_format: 'pcm', stream: false })
    expect(bytes.length).toBe(9_600 * piece)
    let most = 0
    for (let at = 2; at < bytes.length; at += 2)
      most = Math.max(most, Math.abs(bytes.readInt16LE(at) - bytes.readInt16LE(at - 2)))
    expect(most).toBeLessThan(700)
  })

  it.each([
    { response_format: 'mp3' },
    { stream: true },
    { allow_voice_tags: true },
    { return_download_link: true },
    { input: 'Short. Text.' },
  ])('is left to the server with %j', async (more) => {
    const { ask, state } = await start()
    const { body } = await ask({ input: LONG, response_format: 'wav', stream: false, ...more })
    await collect(body).catch(() => {}) // mp3 needs ffmpeg, which is not what is asked here
    const asked = state.asked.filter((line) => line.includes('POST'))
    expect(asked.length).toBeLessThanOrEqual(1)
  })

  it.each([
    ['is no WAV', 'text'],
    [
      'is cut off',
      Buffer.from(
        '524946460000000057415645666d74201000000001000100c05d000080bb0000020010006461746100100000',
        'hex',
      ),
    ],
    [
      'is not 16-bit PCM',
      Buffer.from(
        '524946460000000057415645666d74201000000001000100c05d000080bb000002000800646174610000000000',
        'hex',
      ),
    ],
  ])('is refused whole when a part %s', async (why, answer) => {
    const { ask } = await start((req, res) => {
      if (req.method === 'GET') return void res.writeHead(404).end()
      res.writeHead(200, { 'content-type': 'audio/wav' }).end(answer)
    })
    const asked = { input: LONG, response_format: 'wav', stream: false }
    expect(await failure(ask(asked))).toMatchObject({
      ...{ code: 'AUDIO_UNJOINABLE', message: `Part 1 of the speech ${why}.` },
    })
  })

  it('fails as a whole, saying which part failed', async () => {
    let piece = 0
    const { ask } = await start((req, res) => {
      if (req.method === 'GET') return void res.writeHead(404).end()
      piece += 1
      const head =
        '524946460000000057415645666d74201000000001000100c05d000080bb0000020010006461746104000000'
      if (piece === 1) return void res.end(Buffer.from(`${head}00000000`, 'hex'))
      res.writeHead(500).end('{"detail":{"error":"processing_error","message":"CUDA"}}')
    })
    const error = await failure(ask({ input: LONG, response_format: 'wav', stream: false }))
    expect(error).toMatchObject({ code: 'PROCESSING_ERROR', status: 502 })
    expect(error.message).toMatch(/^Part 2 of \d+: CUDA$/)
  })
})
