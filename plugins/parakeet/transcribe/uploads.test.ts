import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import { createCleanup, read, startAnswering, until } from '../../../core/upstream/testing/rig.ts'
import { createPace } from '../../../sandbox/pace.ts'
import { NO_FAULTS } from '../../../sandbox/speech/faults.ts'
import type { Upload } from '../../../sandbox/speech/read-upload.ts'
import { startSttServer } from '../../../sandbox/speech/stt-server.ts'
import { talkFor } from '../../../sandbox/speech/talk.ts'
import { formOf, wavOf } from '../testing/audio.ts'
import { fakeService } from '../testing/fake-service.ts'
import { transcribe } from './transcribe.ts'

const open = createCleanup()
afterEach(open.run)

const TALK = wavOf([[20, 0.3]])

/** A service before a simulated server that hears whatever it is sent. */
async function start(settings: object = {}) {
  const heard: Upload[] = []
  const pace = createPace(2000, new AbortController().signal)
  const server = open.add(
    await startSttServer({
      ...{ port: 0, pace, faults: NO_FAULTS, log: () => undefined },
      heard: (upload) => heard.push(upload),
    }),
  )
  const origin = `http://127.0.0.1:${server.port}`
  const upstream = open.add(createUpstream({ origin, requestTimeoutMs: null }))
  const { answer } = transcribe({
    service: fakeService(settings, () => upstream),
    ffmpeg: undefined,
  })
  const { port } = open.add(await startAnswering(upstream, { maxBytes: 2 ** 31, answer }))
  const url = `http://127.0.0.1:${port}/v1/audio/transcriptions`
  const send = async (body: Buffer, type: string) => {
    const init = { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) }
    const answer = await read(url, init)
    return { ...answer, json: JSON.parse(answer.body.toString()) }
  }
  const ask = (fields: Record<string, string>, file: Buffer) => {
    const { body, type } = formOf([['file', file], ...Object.entries(fields)])
    return send(body, type)
  }
  return { url, send, ask, server, upstream, heard }
}

describe('an upload that is none', () => {
  const form = (file: Buffer) => formOf([['file', file]])
  const cases: [string, () => { body: Buffer; type: string }, number, string][] = [
    ['is empty', () => form(Buffer.alloc(0)), 400, 'audio_empty'],
    ['is a WAV head without sound', () => form(TALK.subarray(0, 44)), 400, 'audio_empty'],
    ['is half a WAV head', () => form(TALK.subarray(0, 30)), 400, 'audio_unreadable'],
    [
      'is a WAV file of nothing that sounds',
      () => form(Buffer.concat([TALK.subarray(0, 22), Buffer.alloc(400)])),
      400,
      'audio_unreadable',
    ],
    [
      'is a picture',
      () => form(Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')),
      415,
      'audio_type',
    ],
    ['is a text', () => form(Buffer.from('Dear server, please transcribe me.')), 415, 'audio_type'],
    [
      'is noise nobody knows',
      () => form(Buffer.alloc(5000, '\x01\xf0\x9d')),
      415,
      'audio_unreadable',
    ],
    [
      'ends in the middle of the file',
      () => ({ ...form(TALK), body: form(TALK).body.subarray(0, 5000) }),
      400,
      'form_broken',
    ],
    [
      'ends before its last mark',
      () => ({ ...form(TALK), body: form(TALK).body.subarray(0, -12) }),
      400,
      'form_broken',
    ],
    ['has no file', () => formOf([['model', 'x']]), 400, 'validation'],
    ['has a file of another name', () => formOf([['audio', TALK]]), 400, 'validation'],
    [
      'asks for a form there is not',
      () =>
        formOf([
          ['file', TALK],
          ['response_format', 'xml'],
        ]),
      400,
      'validation',
    ],
    [
      'is JSON',
      () => ({ body: Buffer.from('{}'), type: 'application/json' }),
      415,
      'unsupported_media_type',
    ],
    [
      'has no boundary',
      () => ({ body: Buffer.from('x'), type: 'multipart/form-data; charset=x' }),
      400,
      'form_broken',
    ],
    [
      'is nothing',
      () => ({ body: Buffer.alloc(0), type: 'multipart/form-data; boundary=x' }),
      400,
      'form_broken',
    ],
  ]
  it.each(cases)('since it %s is told so, and costs no decode', async (_, make, status, code) => {
    const { send, server, upstream } = await start()
    const { body, type } = make()
    const answer = await send(body, type)
    expect([answer.status, answer.json.error.code]).toEqual([status, code])
    expect(Object.keys(answer.json.error).sort()).toEqual(['code', 'message', 'param', 'type'])
    await until(() => upstream.inFlight === 0 && server.decoding === 0)
  })

  it('for its size is refused by the limit of the server, in words', async () => {
    const { url, server, upstream } = await start({ max_upload: '100k' })
    // in chunks, so that nobody can say beforehand
    const { body, type } = formOf([['file', TALK]])
    const chunks = Readable.toWeb(Readable.from([body.subarray(0, 1e5), body.subarray(1e5)]))
    const answer = await read(url, {
      ...{ method: 'POST', headers: { 'content-type': type }, duplex: 'half' },
      body: chunks as BodyInit,
    } as RequestInit)
    const { error } = JSON.parse(String(answer.body))
    expect([answer.status, error.code]).toEqual([413, 'payload_too_large'])
    expect(error.message).toContain('larger than 100 kB')
    await until(() => upstream.inFlight === 0 && server.decoding === 0)
  })
})

const VERBOSE = { response_format: 'verbose_json', 'timestamp_granularities[]': 'word' }

describe('audio that is longer than its server takes', () => {
  const LONG = wavOf(
    [3, 1, 4, 1, 5].flatMap(
      (seconds) =>
        [
          [seconds, 0.3],
          [0.5, 0],
        ] as const,
    ),
  )

  it('is cut at silences, heard piece by piece and told as one', async () => {
    const { ask, heard } = await start({ max_audio: '6s' })
    const { json } = await ask(VERBOSE, LONG)
    const seconds = heard.map(({ file }) => ((file?.sizeBytes ?? 0) - 44) / 32_000)
    expect(seconds.length).toBeGreaterThan(2)
    expect(Math.max(...seconds)).toBeLessThanOrEqual(6)
    expect(json.duration).toBeCloseTo(LONG.length / 32_000, 2)
    const begins = seconds.map((_, at) => seconds.slice(0, at).reduce((sum, s) => sum + s, 0))
    const words = seconds.flatMap((length, at) =>
      talkFor(length).map(({ word, start }) => [word, (begins[at] ?? 0) + start]),
    )
    expect(json.words.map(({ word }: { word: string }) => word)).toEqual(
      words.map(([word]) => word),
    )
    json.words.forEach(({ start }: { start: number }, at: number) => {
      expect(start).toBeCloseTo(words[at]?.[1] as number, 2)
    })
  })

  it('is cut, too, for the size of its file, and says what came too late to be used', async () => {
    const { ask, heard } = await start({ max_upload: '200k' })
    const { json, headers } = await ask({ ...VERBOSE, language: 'en' }, LONG)
    expect(json.duration).toBeCloseTo(LONG.length / 32_000, 2)
    for (const { file } of heard) expect(file?.sizeBytes).toBeLessThan(200 * 1024)
    expect(headers.get('x-transcript-warning')).toBe('not used, since behind the file: language')
  })

  it('is refused with the limit where it cannot be cut', async () => {
    const { ask, heard } = await start({ max_upload: '100k' })
    const { status, json } = await ask({}, Buffer.concat([Buffer.from('ID3'), Buffer.alloc(2e5)]))
    expect([status, json.error.code]).toEqual([413, 'payload_too_large'])
    expect(json.error.message).toContain('ffmpeg')
    expect(heard).toEqual([])
  })
})
