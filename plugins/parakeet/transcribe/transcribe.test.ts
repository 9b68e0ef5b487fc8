import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Service } from '#core'
import { createCleanup, until } from '../../../core/upstream/testing/rig.ts'
import { createPace } from '../../../sandbox/pace.ts'
import type { Upload } from '../../../sandbox/speech/read-upload.ts'
import type { Settings } from '../settings.ts'
import { statsOf } from '../stats.ts'
import { formOf } from '../testing/audio.ts'
import {
  startTranscribing,
  TALK,
  TEXT,
  type TranscribingOptions,
  VERBOSE,
  WORDS,
} from '../testing/start-transcribing.ts'

const open = createCleanup()
afterEach(open.run)
const start = (options?: TranscribingOptions) => startTranscribing(open, options)

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
