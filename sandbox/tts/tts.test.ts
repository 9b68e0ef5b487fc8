import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPace } from '../pace.ts'
import { closeServer, listen } from '../ports.ts'
import { createFormantEngine } from './formant-engine.ts'
import { createTtsServer } from './http.ts'
import type { TtsTrouble } from './serving.ts'

const closing = new AbortController()
let trouble: TtsTrouble
let server: Server

beforeAll(async () => {
  const engine = createFormantEngine(createPace(1000, closing.signal), () => false)
  server = createTtsServer({
    ...{ engine, isSimulated: true, log: () => {} },
    trouble: () => trouble,
    beforeHealth: async () => {},
  })
  await listen(server, 0)
})
afterAll(async () => {
  closing.abort()
  server.closeAllConnections()
  await closeServer(server)
})

const ask = (path: string, body?: object) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
const json = async (path: string, body?: object) => {
  const reply = await ask(path, body)
  return { status: reply.status, body: await reply.json() }
}
const speak = async (body: object) => {
  const reply = await ask('/v1/audio/speech', body)
  return { reply, bytes: Buffer.from(await reply.arrayBuffer()) }
}

describe('the simulated speech server', () => {
  it('says that it is simulated, and is healthy', async () => {
    const reply = await ask('/health')
    expect(reply.headers.get('x-spark-control-simulated')).toBe('true')
    expect(await reply.json()).toEqual({ status: 'healthy' })
  })

  it('lists its voices in both forms', async () => {
    const { voices } = (await json('/v1/audio/voices')).body
    expect(voices).toContainEqual({ id: 'af_heart', name: 'af_heart' })
    expect((await json('/v1/audio/voices?legacy=true')).body.voices).toContain('af_heart')
  })

  it('streams samples that are sound and change with the voice', async () => {
    const text = { input: 'Good morning. How are you?', response_format: 'pcm' }
    const { bytes } = await speak(text)
    expect(bytes.length).toBeGreaterThan(48_000)
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
    expect(Math.max(...samples)).toBeGreaterThan(2_000)
    const other = await speak({ ...text, voice: 'am_adam(2)+bf_emma' })
    expect(other.bytes.equals(bytes)).toBe(false)
    const fast = await speak({ ...text, speed: 2 })
    expect(fast.bytes.length / bytes.length).toBeCloseTo(0.5, 1)
  })

  it('writes a WAV of unknown length when it streams, of the right one when not', async () => {
    const text = { input: 'One. Two.', response_format: 'wav' }
    const streamed = await speak(text)
    expect(streamed.reply.headers.get('content-length')).toBeNull()
    expect(streamed.bytes.readUInt32LE(40)).toBe(0xffffffff)
    const { bytes } = await speak({ ...text, stream: false })
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44)
    expect(bytes.subarray(44).equals(streamed.bytes.subarray(44))).toBe(true)
  })

  it('keeps a file with its timing for who asks for a link', async () => {
    const { reply, bytes } = await speak({
      input: 'One. Two.',
      ...{ response_format: 'wav', return_download_link: true, return_timing: true },
    })
    const path = reply.headers.get('x-download-path') ?? ''
    expect(path).toMatch(/^\/download\/\w+\.wav$/)
    const file = await ask(`/v1${path}`)
    expect(Buffer.from(await file.arrayBuffer()).equals(bytes)).toBe(true)
    const { chunks } = (await json(`/v1${reply.headers.get('x-timing-path')}`)).body
    expect(chunks).toMatchObject([{ text: 'One.', start: 0 }, { text: 'Two.' }])
    expect((await json('/v1/download/other.wav')).status).toBe(404)
  })

  it('gives the time of every word with the audio', async () => {
    const whole = await json('/dev/captioned_speech', {
      ...{ input: 'One two. Three.', response_format: 'pcm', stream: false },
    })
    const words = whole.body.timestamps.map(({ word }: { word: string }) => word)
    expect(words).toEqual(['One', 'two', 'Three'])
    const lines = (
      await (
        await ask('/dev/captioned_speech', { input: 'One. Two.', response_format: 'pcm' })
      ).text()
    )
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(2)
    expect(lines[1].timestamps[0].start_time).toBeGreaterThan(lines[0].timestamps[0].end_time)
  })

  it.each([
    [{}, 422],
    [{ input: 'a', speed: 9 }, 422],
    [{ input: 'a', response_format: 'midi' }, 422],
    [{ input: 'a', model: 'other' }, 400],
    [{ input: 'a', voice: 'nobody' }, 400],
    [{ input: 'a', voice: 'af_heart+' }, 400],
    [{ input: 'a', voice: 'af_heart(0)' }, 400],
  ])('refuses %j with %i', async (body, status) => {
    const reply = await json('/v1/audio/speech', body)
    expect(reply.status).toBe(status)
    expect(reply.body.detail).toBeDefined()
  })

  it('breaks a stream off, and says nothing, when it is to', async () => {
    trouble = 'cut'
    await expect(speak({ input: 'One. Two. Three.', response_format: 'pcm' })).rejects.toThrow()
    trouble = 'error'
    expect((await json('/v1/audio/speech', { input: 'a' })).status).toBe(500)
    trouble = undefined
    expect((await json('/nowhere')).body).toEqual({ detail: 'Not Found' })
    expect((await json('/dev/unload', {})).status).toBe(403)
  })
})
