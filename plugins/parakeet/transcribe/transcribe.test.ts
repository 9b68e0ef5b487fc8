import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Service } from '#core'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { createCleanup, read, startAnswering, until } from '../../../core/upstream/testing/rig.ts'
import { createPace } from '../../../sandbox/pace.ts'
import { startDiarizer } from '../../../sandbox/speech/diarizer.ts'
import { NO_FAULTS, type SpeechFault } from '../../../sandbox/speech/faults.ts'
import type { Upload } from '../../../sandbox/speech/read-upload.ts'
import { type SttOptions, startSttServer } from '../../../sandbox/speech/stt-server.ts'
import { talkFor, textOf } from '../../../sandbox/speech/talk.ts'
import type { Settings } from '../settings.ts'
import { statsOf } from '../stats.ts'
import { formOf, wavOf } from '../testing/audio.ts'
import { fakeService } from '../testing/fake-service.ts'
import { transcribe } from './transcribe.ts'

const open = createCleanup()
afterEach(open.run)

/** Twenty seconds of sound, and what the simulated server hears in them. */
const TALK = wavOf([[20, 0.3]])
const WORDS = talkFor(20)
const TEXT = textOf(WORDS)

/** A service before a simulated server of one dialect. */
async function start({
  settings = {},
  ffmpeg,
  hasDiarizer = false,
  ...options
}: Partial<SttOptions> & { settings?: object; ffmpeg?: string; hasDiarizer?: boolean } = {}) {
  const state = { fault: undefined as SpeechFault | undefined, heard: [] as Upload[] }
  const server = open.add(
    await startSttServer({
      port: 0,
      pace: createPace(2000, new AbortController().signal),
      log: () => undefined,
      heard: (upload) => state.heard.push(upload),
      faults: {
        ...NO_FAULTS,
        current: () => state.fault,
        used: () => {
          state.fault = undefined
        },
      },
      ...options,
    }),
  )
  const upstreamTo = ({ port }: { port: number }) =>
    open.add(createUpstream({ origin: `http://127.0.0.1:${port}`, requestTimeoutMs: null }))
  const upstream = upstreamTo(server)
  const pace = createPace(2000, new AbortController().signal)
  const surroundings = { port: 0, pace, log: () => undefined, faults: NO_FAULTS }
  const diarizer = hasDiarizer ? open.add(await startDiarizer(surroundings)) : undefined
  const second = diarizer && upstreamTo(diarizer)
  const told = diarizer && { diarize: '/v1/audio/diarization', diarizer: { port: diarizer.port } }
  const service = fakeService({ ...told, ...settings }, (endpoint) =>
    endpoint === 'diarizer' ? second : upstream,
  )
  const { answer } = transcribe({ service, ffmpeg })
  const { port } = open.add(await startAnswering(upstream, { maxBytes: 2 ** 31, answer }))
  const url = `http://127.0.0.1:${port}/v1/audio/transcriptions`
  const send = async (body: Buffer, type: string) => {
    const init = { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) }
    const answer = await read(url, init)
    const text = answer.body.toString()
    const isJson = answer.headers.get('content-type')?.startsWith('application/json')
    return { ...answer, text, json: isJson ? JSON.parse(text) : undefined }
  }
  const ask = (fields: Record<string, string> = {}, file = TALK) => {
    const { body, type } = formOf([['file', file], ...Object.entries(fields)])
    return send(body, type)
  }
  return { ask, send, server, state, port, service, upstream, diarizer }
}

const VERBOSE = { response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }

describe('transcriptions', () => {
  it('come in each of the forms', async () => {
    const { ask } = await start()
    const plain = await ask()
    expect(plain.json).toEqual({ text: TEXT, usage: { type: 'duration', seconds: 20 } })
    const text = await ask({ response_format: 'text' })
    expect([text.text, text.headers.get('content-type')]).toEqual([
      `${TEXT}\n`,
      'text/plain; charset=utf-8',
    ])
    const srt = await ask({ response_format: 'srt' })
    expect(srt.text).toMatch(/^1\n00:00:00,300 --> 00:00:0\d,\d{3}\nGood morning, this is/)
    const vtt = await ask({ response_format: 'vtt' })
    expect(vtt.text).toMatch(/^WEBVTT\n\n00:00:00\.300 --> /)
    expect((await ask({ response_format: 'verbose_json' })).json).not.toHaveProperty('words')
    const { json } = await ask(VERBOSE)
    expect(json).toMatchObject({
      ...{ task: 'transcribe', language: 'en', text: TEXT },
      ...{ duration: 20, duration_source: 'audio' },
    })
    expect(json.words).toEqual(WORDS.map(({ speaker: _, ...word }) => word))
    expect(json.segments[0]).toMatchObject({ id: 0, seek: 0, tokens: [], start: 0.3 })
  })

  it.each([
    ['pieces', 'subword'],
    ['pieces', true],
    ['nemo', true],
    ['speakers', true],
  ] as const)(
    'have the same words from a server of the dialect %s, declared %s',
    async (dialect, words) => {
      const { ask } = await start({ dialect, settings: { words } })
      const { json } = await ask(VERBOSE)
      const plain = (list: { word: string; start: number; end: number }[]) =>
        list.map(({ word, start, end }) => `${word} ${start.toFixed(2)} ${end.toFixed(2)}`)
      expect(plain(json.words)).toEqual(plain(WORDS))
      expect([json.duration, json.text]).toEqual([20, TEXT])
      expect(JSON.stringify(json)).not.toContain('interpolated')
    },
  )

  it('have estimated times where the server gives none, and say so', async () => {
    const { ask } = await start({ dialect: 'plain', settings: { words: false } })
    const { json } = await ask(VERBOSE)
    expect([json.duration, json.words.length]).toEqual([20, WORDS.length])
    expect(json.words.every((word: { timing?: string }) => word.timing === 'interpolated')).toBe(
      true,
    )
  })

  it('are asked for in every spelling, with the fields that are the caller’s own business', async () => {
    const { ask, state } = await start({ settings: { server_model: 'the-one' } })
    await ask({
      ...VERBOSE,
      model: 'whisper-1',
      prompt: 'Names: Ålice',
      hotwords: 'x',
      stream: 'false',
    })
    const { fields, file } = state.heard[0] as Upload
    expect(Object.fromEntries(fields)).toEqual({
      ...{ model: ['the-one'], prompt: ['Names: Ålice'], hotwords: ['x'] },
      response_format: ['verbose_json'],
      'timestamp_granularities[]': ['word', 'segment'],
      timestamp_granularities: ['word', 'segment'],
      ...{ include_timestamps: ['true'], word_timestamps: ['true'], timestamps: ['true'] },
    })
    expect(file).toMatchObject({ name: 'talk.wav', type: 'audio/wav', sizeBytes: TALK.length })
  })

  it('take fields before the file and behind it', async () => {
    const { send } = await start()
    const { body, type } = formOf([
      ['response_format', 'text'],
      ['file', TALK],
      ['model', 'x'],
    ])
    expect((await send(body, type)).text).toBe(`${TEXT}\n`)
  })
})

/** How many transcriptions of a service were counted, by outcome. */
const outcomes = (service: Service<Settings>) => {
  const [transcriptions] = statsOf(service).metrics()
  return Object.fromEntries(
    transcriptions?.samples.map(({ labels, value }) => [labels?.outcome, value]) ?? [],
  )
}

describe('a stream of a transcription', () => {
  const dataOf = (text: string) =>
    [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))

  it.each([
    ['handed on from a server that streams', true, null],
    ['made of the whole from one that does not, and marked', false, 'whole'],
  ])('is %s', async (_, streams, mark) => {
    const { ask, service } = await start({ streams, settings: { stream: streams } })
    const { text, headers } = await ask({ stream: 'true' })
    const events = dataOf(text)
    expect(events.at(-1)).toEqual({ type: 'transcript.text.done', text: TEXT })
    expect(
      events
        .slice(0, -1)
        .map(({ delta }) => delta)
        .join(''),
    ).toBe(TEXT)
    expect(events.length).toBeGreaterThan(3)
    expect(headers.get('x-transcript-stream')).toBe(mark)
    expect(outcomes(service)).toEqual({ done: 1, failed: 0 })
  })

  it('that the server cuts ends in an error, and half an event is not told', async () => {
    const { ask, state, service } = await start({ streams: true, settings: { stream: true } })
    state.fault = 'cut'
    const { text } = await ask({ stream: 'true' })
    expect(text).toMatch(/event: error\ndata: \{"error"/)
    expect(text).not.toContain('transcript.te\n')
    expect(text).not.toContain('transcript.text.done')
    expect(outcomes(service)).toEqual({ done: 0, failed: 1 })
  })

  it('is not to be had of subtitles', async () => {
    const { ask, state } = await start()
    const { status, json } = await ask({ stream: 'true', response_format: 'srt' })
    expect([status, json.error.param]).toEqual([400, 'stream'])
    expect(state.heard).toEqual([])
  })
})

/** Words of one speaker until the other begins. */
const runsOf = (words: typeof WORDS) =>
  words.reduce<(typeof WORDS)[]>((runs, word) => {
    const run = runs.at(-1)
    if (run?.[0]?.speaker === word.speaker) run.push(word)
    else runs.push([word])
    return runs
  }, [])

describe('who said what', () => {
  const bySpeaker = (json: { segments: { speaker: string; text: string }[] }) =>
    json.segments.map(({ speaker, text }) => `${speaker}: ${text}`)
  const SAID = runsOf(WORDS).map((own) => `${own[0]?.speaker === 0 ? 'A' : 'B'}: ${textOf(own)}`)

  it('comes from a diarizer that is sent the same upload', async () => {
    const { ask, send } = await start({ hasDiarizer: true })
    const { json } = await ask({ response_format: 'diarized_json' })
    expect(bySpeaker(json)).toEqual(SAID)
    expect(json).toMatchObject({ task: 'transcribe', duration: 20, warnings: [] })
    expect(json.segments[0]).toMatchObject({ type: 'transcript.text.segment', overlap: false })
    expect(json.speakers.map(({ id }: { id: string }) => id)).toEqual(['A', 'B'])
    const { body, type } = formOf([
      ['response_format', 'diarized_json'],
      ['file', TALK],
    ])
    expect(bySpeaker((await send(body, type)).json)).toEqual(SAID)
  })

  it('costs the diarizer no decode where another form turns out to be wanted', async () => {
    const { ask, diarizer } = await start({ hasDiarizer: true })
    expect((await ask({ response_format: 'text' })).text).toBe(`${TEXT}\n`)
    expect(diarizer?.left).toBe(0)
    await until(() => diarizer?.decoding === 0)
  })

  it('comes from the answer of a server that tells speakers apart itself', async () => {
    const { ask, state } = await start({ dialect: 'speakers', settings: { diarize: 'answer' } })
    const { json } = await ask({ response_format: 'diarized_json' })
    expect(bySpeaker(json)).toEqual(SAID)
    expect(state.heard[0]?.fields.get('diarize')).toEqual(['true'])
    await ask()
    expect(state.heard[1]?.fields.get('diarize')).toEqual(['false'])
  })

  it('comes as events, too', async () => {
    const { ask } = await start({ hasDiarizer: true })
    const { text } = await ask({ response_format: 'diarized_json', stream: 'true' })
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual([
      ...SAID.map(() => 'transcript.text.segment'),
      'transcript.text.done',
    ])
  })

  it('is refused where nobody can tell, before anything is decoded', async () => {
    const { ask, server } = await start()
    const { status, json } = await ask({ response_format: 'diarized_json' })
    expect([status, json.error.code]).toEqual([422, 'speakers_unavailable'])
    await until(() => server.decoding === 0)
  })

  it('says that the diarizer is not there, while plain text is had without it', async () => {
    const { ask, diarizer } = await start({ hasDiarizer: true })
    await diarizer?.close()
    const { status, json } = await ask({ response_format: 'diarized_json' })
    expect([status, json.error.code]).toEqual([502, 'upstream_unreachable'])
    expect((await ask()).json.text).toBe(TEXT)
  })
})

describe('a server that fails', () => {
  it.each([
    ['crash', 502, 'decode_crashed'],
    ['cuda', 502, 'decode_crashed'],
    ['cut', 502, 'decode_crashed'],
  ] as const)('by %s is told apart from a busy one', async (fault, status, code) => {
    const { ask, state } = await start()
    state.fault = fault
    const { json, ...answer } = await ask()
    expect([answer.status, json.error.code]).toEqual([status, code])
    expect((await ask()).status).toBe(200)
  })

  it('since it is not there says that it may be loading', async () => {
    const { ask, server } = await start()
    await server.close()
    const { status, json } = await ask()
    expect([status, json.error.code]).toEqual([502, 'upstream_unreachable'])
    expect(json.error.message).toContain('still loads its model')
  })

  it('for the length of a file is not asked to read it', async () => {
    const { ask } = await start({ maxBytes: 1000 })
    expect((await ask()).status).toBe(413)
  })
})

it('stops the decode when its caller leaves: in the upload, and while it is decoded', async () => {
  const { port, server, state, upstream } = await start({
    pace: createPace(1, new AbortController().signal),
  })
  const { body, type } = formOf([['file', TALK]])
  for (const sent of [TALK.length / 2, body.length]) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      `POST /v1/audio/transcriptions HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
    )
    socket.write(body.subarray(0, sent))
    const isWhole = sent === body.length
    await until(() => (isWhole ? server.decoding === 1 : upstream.inFlight === 1))
    socket.destroy()
    await until(() => upstream.inFlight === 0 && server.decoding === 0)
    expect(server.left).toBe(isWhole ? 1 : 0)
  }
  expect(state.heard).toHaveLength(1)
})
