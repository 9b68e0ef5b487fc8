import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { ControlError, type Kind, type Service, Value } from '#core'
import { createFakeClock } from '#core/testing'
import { buildGeneration } from '../../../core/http/generation.ts'
import { openDatabase } from '../../../core/store/database.ts'
import { createKeyValue } from '../../../core/store/key-value.ts'
import { serveRequests } from '../../../core/upstream/continue.ts'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { createCleanup, listen } from '../../../core/upstream/testing/rig.ts'
import { createPace } from '../../../sandbox/pace.ts'
import { startDiarizer } from '../../../sandbox/speech/diarizer.ts'
import { NO_FAULTS, type SpeechFault } from '../../../sandbox/speech/faults.ts'
import { talkFor, turnsOf } from '../../../sandbox/speech/talk.ts'
import { door } from '../api.ts'
import { openDoor } from '../door.ts'
import { Settings } from '../settings.ts'
import { formOf, wavOf } from '../testing/audio.ts'
import { readTurns } from './read-turns.ts'

const open = createCleanup()
afterEach(open.run)

const TALK = wavOf([[20, 0.3]])
/** What the simulated diarizer hears in it. */
const TURNS = turnsOf(talkFor(20)).map((turn) => ({
  ...turn,
  speaker: `SPEAKER_0${turn.speaker}`,
}))

/** The door of the kind before a simulated diarizer, on a store in a folder. */
async function start(settings: object = {}) {
  const state = { fault: undefined as SpeechFault | undefined }
  const diarizer = open.add(
    await startDiarizer({
      port: 0,
      pace: createPace(2000, new AbortController().signal),
      log: () => undefined,
      faults: {
        ...NO_FAULTS,
        current: () => state.fault,
        used: () => {
          state.fault = undefined
        },
      },
    }),
  )
  const origin = `http://127.0.0.1:${diarizer.port}`
  const upstream = open.add(createUpstream({ origin, requestTimeoutMs: null }))
  const given = { diarize: '/v1/audio/diarization', diarizer: { port: diarizer.port }, ...settings }
  const clock = createFakeClock()
  const service = {
    id: 'asr',
    settings: Value.Default(Settings, given),
    clock,
    signal: new AbortController().signal,
    http: () => upstream,
  } as unknown as Service<Settings>
  const folder = mkdtempSync(join(tmpdir(), 'diarize-'))
  open.add({ close: async () => rmSync(folder, { recursive: true }) })
  const pick = (id = 'asr') => {
    if (id === 'asr') return service
    throw new ControlError('SERVICE_UNKNOWN', `There is no service "${id}".`)
  }
  const begin = async () => {
    const database = openDatabase(join(folder, 'store.sqlite'))
    const store = createKeyValue(database, 'kind/parakeet')
    const { handlers } = openDoor({ store, clock, pick } as unknown as Kind<Settings>)
    const generation = await buildGeneration({
      mounts: [{ prefix: '', tag: 'parakeet', api: door, handlers, forward: () => undefined }],
      deps: { once: (_, work) => work() },
      log: pino({ level: 'silent' }),
      version: '0.0.0',
      extra: () => undefined,
      missing: (path) => new ControlError('NOT_FOUND', `there is nothing at ${path}`),
    })
    const gateway = createServer()
    serveRequests(gateway, (req, res) => generation.handle(req, res))
    const { port } = open.add(await listen(gateway))
    return { port, end: () => database.close() }
  }
  let controller = await begin()
  open.add({ close: async () => controller.end() })
  const post = async (path: string, body: Buffer | string, type: string) => {
    const url = `http://127.0.0.1:${controller.port}/api/audio/${path}`
    const init = {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(Buffer.from(body)),
    }
    const answer = await fetch(url, init)
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { status: answer.status, text, json: isJson ? JSON.parse(text) : undefined }
  }
  const upload = (
    path: string,
    fields: Record<string, string> = {},
    file: Buffer | string = TALK,
  ) => {
    const { body, type } = formOf([['file', file], ...Object.entries(fields)])
    return post(path, body, type)
  }
  const chunk = (body: object) => post('diarize-chunk', JSON.stringify(body), 'application/json')
  const restart = async () => {
    controller.end()
    controller = await begin()
  }
  return { state, post, upload, chunk, restart, clock, diarizer }
}
describe('diarization', () => {
  it('answers who speaks when', async () => {
    const { upload } = await start()
    const { status, json } = await upload('diarize')
    expect(status).toBe(200)
    expect(json).toEqual({
      ...{ duration: 20, turns: TURNS, speakers: ['SPEAKER_00', 'SPEAKER_01'], warnings: [] },
    })
  })

  it.each([
    ['the query', 'diarize?format=rttm', {}],
    ['a field, as other servers have it', 'diarize', { response_format: 'rttm' }],
  ])('answers RTTM where %s asks for it', async (_, path, fields) => {
    const { upload } = await start()
    const { text } = await upload(path, fields)
    expect(text).toMatch(/^SPEAKER audio 1 0\.300 \d+\.\d{3} <NA> <NA> SPEAKER_00 <NA> <NA>\n/)
    expect(readTurns(text)).toHaveLength(TURNS.length)
  })

  it('warns where as many speak as the diarizer can tell apart', async () => {
    const { upload } = await start({ diarizer_speakers: 2 })
    const { json } = await upload('diarize')
    expect(json.warnings).toEqual([expect.stringContaining('tells 2 apart at a time')])
  })

  const riff = TALK.subarray(0, 30)
  it.each([
    [415, 'AUDIO_TYPE', '%PDF-1.7 hello and much more of it than fits in a head of any audio file'],
    [400, 'AUDIO_EMPTY', Buffer.of()],
    [400, 'AUDIO_UNREADABLE', riff],
  ])('refuses with %i %s what is no audio', async (status, code, file) => {
    const { upload } = await start()
    const answer = await upload('diarize', {}, Buffer.from(file))
    expect([answer.status, answer.json.error.code]).toEqual([status, code])
  })

  it('refuses what is no form, a service there is not, and a service without a diarizer', async () => {
    const { post, upload } = await start()
    expect((await post('diarize', 'hello', 'text/plain')).status).toBe(415)
    expect((await upload('diarize?service=tts')).json.error.code).toBe('SERVICE_UNKNOWN')
    expect((await upload('diarize', { response_format: 'srt' })).status).toBe(400)
    const { upload: other } = await start({ diarize: undefined })
    const { status, json } = await other('diarize')
    expect([status, json.error.code]).toEqual([422, 'SPEAKERS_UNAVAILABLE'])
    expect(json.error.hint).toContain('services.asr.diarize')
  })

  it('tells of a diarizer that crashed in the middle', async () => {
    const { upload, state } = await start()
    state.fault = 'crash'
    expect((await upload('diarize')).json.error.code).toBe('DECODE_CRASHED')
    expect((await upload('diarize')).status).toBe(200)
  })
})

const turn = (start: number, end: number, speaker: string) => ({ start, end, speaker })

const FIRST = { turns: [turn(0, 100, 'a'), turn(100, 300, 'b')], end_s: 300, max_speakers: 2 }
const SECOND = { start_s: 180, end_s: 480, turns: [turn(0, 150, 'x'), turn(160, 300, 'y')] }

describe('chunks', () => {
  it('go on after a restart of the controller, with the same labels', async () => {
    const { chunk, restart } = await start()
    const first = (await chunk(FIRST)).json
    expect(first).toMatchObject({
      ...{ until_s: 300, speakers: ['speaker_1', 'speaker_2'], unlinked: [], warnings: [] },
      expires_at: '2026-01-02T12:00:00.000Z',
    })
    await restart()
    const { status, json } = await chunk({ ...SECOND, session: first.session })
    expect(status).toBe(200)
    expect(json.turns).toEqual([turn(300, 330, 'speaker_2'), turn(340, 480, 'speaker_1')])
    expect(json.links.map(({ by }: { by: string }) => by)).toEqual(['overlap', 'elimination'])
  })

  it('of audio are heard by the diarizer', async () => {
    const { upload } = await start()
    const first = (await upload('diarize-chunk')).json
    expect(first.turns.map(({ speaker }: { speaker: string }) => speaker)).toEqual(
      TURNS.map(({ speaker }) => (speaker === 'SPEAKER_00' ? 'speaker_1' : 'speaker_2')),
    )
    expect(first.until_s).toBe(20)
    const next = await upload('diarize-chunk?start_s=10', { session: first.session })
    expect(next.json.turns[0].start).toBeGreaterThanOrEqual(20)
    expect(next.json.until_s).toBe(30)
  })

  it('that come at once both count', async () => {
    const { chunk } = await start()
    const { session } = (await chunk(FIRST)).json
    const third = { ...SECOND, start_s: 360, end_s: 660 }
    const both = await Promise.all([chunk({ ...SECOND, session }), chunk({ ...third, session })])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(both[1]?.json.until_s).toBe(660)
  })

  it('that are no JSON, too large or with a session unknown are refused before they are heard', async () => {
    const { post, upload, diarizer } = await start()
    expect((await post('diarize-chunk', '[1]', 'application/json')).status).toBe(400)
    expect((await post('diarize-chunk', '{', 'application/json')).status).toBe(400)
    const unknown = JSON.stringify({ ...FIRST, speakers: 2 })
    expect((await post('diarize-chunk', unknown, 'application/json')).status).toBe(400)
    expect((await post('diarize-chunk', '{"start_s":3}', 'application/json')).status).toBe(400)
    const large = JSON.stringify({ turns: 'x'.repeat(5 * 1024 ** 2) })
    expect((await post('diarize-chunk', large, 'application/json')).status).toBe(413)
    expect((await upload('diarize-chunk?session=of-nobody')).status).toBe(404)
    expect(diarizer.decoding).toBe(0)
  })
})
