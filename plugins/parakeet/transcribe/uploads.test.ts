import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup, read, until } from '../../../core/upstream/testing/rig.ts'
import { formOf } from '../testing/audio.ts'
import { startTranscribing, TALK, type TranscribingOptions } from '../testing/start-transcribing.ts'

const open = createCleanup()
afterEach(open.run)
const start = (options?: TranscribingOptions) => startTranscribing(open, options)

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
    const { port, server, upstream } = await start({ settings: { max_upload: '100k' } })
    // in chunks, so that nobody can say beforehand
    const { body, type } = formOf([['file', TALK]])
    const chunks = Readable.toWeb(Readable.from([body.subarray(0, 1e5), body.subarray(1e5)]))
    const answer = await read(`http://127.0.0.1:${port}/v1/audio/transcriptions`, {
      ...{ method: 'POST', headers: { 'content-type': type }, duplex: 'half' },
      body: chunks as BodyInit,
    } as RequestInit)
    const { error } = JSON.parse(String(answer.body))
    expect([answer.status, error.code]).toEqual([413, 'payload_too_large'])
    expect(error.message).toContain('larger than 100 kB')
    await until(() => upstream.inFlight === 0 && server.decoding === 0)
  })
})
