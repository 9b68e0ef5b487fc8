import { expect, it } from 'vitest'
import { type ContainerView, ControlError, type Service, type Upstream } from '#core'
import { createProbe, judgeRefusal } from './probe.ts'
import type { Settings } from './settings.ts'
import { speakerOf } from './speaker.ts'

const signal = new AbortController().signal
const refused = new ControlError('UPSTREAM_UNREACHABLE', 'refuses', {
  cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
})

function start() {
  const state = {
    nowMs: 1_000_000,
    asked: [] as string[],
    answers: {
      '/health': [200, { status: 'healthy' }],
      '/v1/audio/voices': [200, { voices: ['af_heart', 'am_adam'] }],
      '/v1/models': [200, { data: [{ id: 'kokoro' }, { id: 7 }, null] }],
    } as Record<string, [number, unknown] | Error>,
  }
  const upstream = {
    async request(path: string) {
      state.asked.push(path)
      const found = state.answers[path] ?? [404, {}]
      if (found instanceof Error) throw found
      return { status: found[0], headers: {}, body: Buffer.alloc(0), json: () => found[1] }
    },
  } as unknown as Upstream
  const clock = { now: () => state.nowMs, sleep: async () => {} }
  const containers = async () => []
  const service = { id: 'tts', http: () => upstream, clock, containers }
  const own = service as unknown as Service<Settings>
  return { state, probe: createProbe(own), speaker: speakerOf(own) }
}

it('is up with its voices, which are read once in five minutes', async () => {
  const { state, probe, speaker } = start()
  expect(await probe(signal)).toEqual({ state: 'up', figures: { voices: 2 } })
  expect(speaker.models()).toEqual(['kokoro'])
  await probe(signal)
  expect(state.asked.filter((path) => path === '/v1/audio/voices')).toHaveLength(1)
  state.nowMs += 5 * 60_000
  await probe(signal)
  expect(state.asked.filter((path) => path === '/v1/audio/voices')).toHaveLength(2)
})

it('shows how fast it speaks once it spoke', async () => {
  const { probe, speaker } = start()
  speaker.meter.note({
    ...{ format: 'pcm', outcome: 'ok', characters: 9, audioS: 3, tookS: 0.1234, firstByteS: 0.1 },
  })
  expect((await probe(signal)).figures).toEqual({ voices: 2, speed: 24.3 })
})

it('shows the last error until something was spoken again', async () => {
  const { probe, speaker } = start()
  const spoken = { format: 'pcm', characters: 9, audioS: 3, tookS: 1, firstByteS: 0.1 }
  speaker.noteError({ atMs: 0, code: 'SERVER_ERROR', message: 'CUDA error' })
  speaker.meter.note({ ...spoken, outcome: 'failed' })
  expect((await probe(signal)).figures).toMatchObject({ last_error: 'CUDA error' })
  speaker.meter.note({ ...spoken, outcome: 'left' })
  expect((await probe(signal)).figures).toMatchObject({ last_error: 'CUDA error' })
  speaker.meter.note({ ...spoken, outcome: 'ok' })
  expect((await probe(signal)).figures).not.toHaveProperty('last_error')
})

it('starts while its port refuses, is down after two minutes of it, and reads anew when it is back', async () => {
  const { state, probe } = start()
  await probe(signal)
  const health = state.answers['/health'] as [number, unknown]
  state.answers['/health'] = refused
  expect(await probe(signal)).toMatchObject({ state: 'starting' })
  state.nowMs += 119_000
  expect(await probe(signal)).toMatchObject({ state: 'starting' })
  state.nowMs += 1_000
  expect(await probe(signal)).toMatchObject({
    state: 'down',
    reason: expect.stringContaining('two minutes'),
  })
  state.answers['/health'] = health
  state.answers['/v1/audio/voices'] = [200, { voices: ['other'] }]
  expect(await probe(signal)).toEqual({ state: 'up', figures: { voices: 1 } })
  state.answers['/health'] = refused
  expect(await probe(signal)).toMatchObject({ state: 'starting' })
})

it.each([
  ['/health', [500, {}], '/health answers 500'],
  ['/health', [401, {}], 'api_key'],
  ['/v1/audio/voices', [500, {}], 'answers 500'],
  ['/v1/audio/voices', [200, { voices: [] }], 'no voices'],
  ['/v1/audio/voices', [200, ['x']], 'no voices'],
] as [string, [number, unknown], string][])(
  'is down when %s answers %j',
  async (path, answer, reason) => {
    const { state, probe } = start()
    state.answers[path] = answer
    expect(await probe(signal)).toEqual({ state: 'down', reason: expect.stringContaining(reason) })
  },
)

it('leaves it to core what lateness and a broken way mean', async () => {
  const { state, probe } = start()
  for (const code of ['UPSTREAM_TIMEOUT', 'UPSTREAM_UNREACHABLE', 'UPSTREAM_FAILED']) {
    state.answers['/health'] = new ControlError(code, 'late')
    await expect(probe(signal)).rejects.toMatchObject({ code })
  }
})

it.each([
  ['stopped', 0, 0, 'idle', 'stopped'],
  ['stopped', 137, 0, 'idle', 'stopped'],
  ['stopped', 1, 0, 'down', 'exit status 1'],
  ['paused', null, 0, 'idle', 'paused'],
  ['restarting', null, 0, 'down', 'again and again'],
  ['running', null, 1_000, 'starting', 'model is loaded'],
  ['running', null, 120_000, 'down', 'its log says why'],
  ['absent', null, 1_000, 'starting', 'model is loaded'],
  ['unknown', null, 120_000, 'down', 'stopped or could not start'],
] as const)(
  'a port that refuses with a container that is %s (%s) after %i ms is %s',
  (state, exit_code, forMs, meant, reason) => {
    const container = { state, exit_code } as ContainerView
    expect(judgeRefusal(container, forMs)).toEqual({
      state: meant,
      reason: expect.stringContaining(reason),
    })
  },
)
