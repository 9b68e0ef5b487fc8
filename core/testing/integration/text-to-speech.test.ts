import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import OpenAI, { APIError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPace } from '../../../sandbox/pace.ts'
import { createFormantEngine } from '../../../sandbox/tts/formant-engine.ts'
import { createTtsServer } from '../../../sandbox/tts/http.ts'
import type { TtsTrouble } from '../../../sandbox/tts/serving.ts'
import type { ServiceView } from '../../views.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const closing = new AbortController()
const state = { trouble: undefined as TtsTrouble, speaking: 0 }
const engine = createFormantEngine(createPace(200, closing.signal), () => false)
const server = createTtsServer({
  engine: {
    voices: engine.voices,
    async *speak(utterance, signal) {
      state.speaking += 1
      try {
        yield* engine.speak(utterance, signal)
      } finally {
        state.speaking -= 1
      }
    },
  },
  ...{ isSimulated: true, log: () => {}, beforeHealth: async () => {} },
  trouble: () => state.trouble,
})
let cluster: TestCluster
let openai: OpenAI

const port = () => (server.address() as AddressInfo).port
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cluster = await startTestCluster({
    // its own server alone, which the test can look into
    topology: (yaml) =>
      `${yaml.replace(/ {2}tts:.*\n/, '')}  voice:\n    kind: kokoro\n    url: http://127.0.0.1:${port()}\n`,
  })
  openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'ignored', maxRetries: 0 })
})
afterAll(async () => {
  await cluster?.close()
  closing.abort()
  server.closeAllConnections()
  server.close()
})

const voice = async () => (await cluster.ask<ServiceView>('/api/services/voice')).body
const LONG = Array.from({ length: 400 }, (_, n) => `Sentence ${n} is said aloud.`).join(' ')

describe('text to speech', () => {
  it('is up with its voices and listed with its models', async () => {
    expect(await voice()).toMatchObject({ state: 'up', figures: { voices: 54 } })
    const ids: string[] = []
    for await (const { id, owned_by } of openai.models.list())
      if (owned_by === 'kokoro') ids.push(id)
    expect(ids).toContain('tts-1')
  })

  it('speaks to the official client, whole and streamed', async () => {
    const asked = { model: 'tts-1', voice: 'alloy', input: 'Good morning, Bob.' } as const
    const whole = await openai.audio.speech.create({ ...asked, response_format: 'wav' })
    expect(Buffer.from(await whole.arrayBuffer()).toString('latin1', 0, 4)).toBe('RIFF')
    const streamed = await openai.audio.speech.create({ ...asked, response_format: 'pcm' })
    let bytes = 0
    for await (const part of streamed.body ?? []) bytes += (part as Uint8Array).length
    expect(bytes).toBeGreaterThan(24_000)
  })

  it('tells the official client of a voice that is not there', async () => {
    const work = openai.audio.speech.create({ model: 'tts-1', voice: 'af_hart', input: 'a' })
    const error = await work.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 400, code: 'voice_unknown', param: 'voice' })
    expect((error as APIError).message).toContain('af_heart')
  })

  it('stops at the server when the client leaves', async () => {
    const leaving = new AbortController()
    const reply = await openai.audio.speech.create(
      { model: 'kokoro', voice: 'af_heart', input: LONG, response_format: 'pcm' },
      { signal: leaving.signal },
    )
    const reader = reply.body?.getReader()
    await reader?.read()
    expect((await voice()).in_flight).toBe(1)
    expect(state.speaking).toBe(1)
    leaving.abort()
    await until(() => state.speaking === 0, 'silence')
    await until(async () => (await voice()).in_flight === 0, 'nothing in flight')
  })

  it('speaks two texts at a time, lets eight wait, and refuses the next at once', async () => {
    const leaving = new AbortController()
    const body = { input: LONG, response_format: 'pcm' }
    const ask = () =>
      fetch(`${cluster.url}/v1/audio/speech`, {
        ...{ method: 'POST', body: JSON.stringify(body), signal: leaving.signal },
        headers: { 'content-type': 'application/json' },
      })
    const running = Array.from({ length: 10 }, () => ask().catch(() => undefined))
    await until(async () => (await voice()).admission?.waiting === 8, 'a full line')
    expect(state.speaking).toBeLessThanOrEqual(2)
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('x-queue-position')).toBe('9')
    leaving.abort()
    await Promise.all(running)
    await until(async () => (await voice()).in_flight === 0, 'nothing in flight')
  })

  it('counts what was spoken, for the tile and for Prometheus', async () => {
    type Activity = { requests: number; realtime_factor: number; last_error: unknown }
    const { body } = await cluster.ask<Activity>('/api/voice/activity')
    expect(body.requests).toBeGreaterThan(1)
    expect(body.realtime_factor).toBeGreaterThan(0)
    const { text } = await cluster.ask('/metrics')
    expect(text).toMatch(/^kokoro:audio_seconds_total\{service="voice"\} \d/m)
  })

  it('reads what went wrong at the server, and keeps it for the tile', async () => {
    state.trouble = 'error'
    const reply = await cluster.post('/v1/audio/speech', { input: 'a' })
    expect(reply.status).toBe(502)
    expect(reply.body.error).toMatchObject({ code: 'server_error', type: 'server_error' })
    state.trouble = undefined
    const { body } = await cluster.ask<{ last_error: object }>('/api/voice/activity')
    expect(body.last_error).toMatchObject({ message: 'CUDA error: out of memory' })
  })
})
