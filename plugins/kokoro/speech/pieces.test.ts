import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audioHeaders } from './headers.ts'
import { downloadPath, rewriteLink } from './links.ts'
import { checkVoices, readSpeech } from './request.ts'
import { splitSentences } from './sentences.ts'

const squeeze = (text: string) => text.replace(/\s+/g, '')

describe('a long text', () => {
  it('is cut between sentences, at most so long', () => {
    const text = 'This is one sentence. '.repeat(100)
    const pieces = splitSentences(text, 200)
    expect(pieces.every((piece) => piece.length <= 200 && piece.endsWith('.'))).toBe(true)
    expect(pieces.length).toBeGreaterThanOrEqual(11)
  })

  it('keeps a sentence whole that is longer than a piece, and a tag too', () => {
    const long = `Then ${'word '.repeat(100)}end.`
    expect(splitSentences(`Short. ${long} Short.`, 50)).toEqual(['Short.', long, 'Short.'])
    const tagged = 'One. [voice: A. B. C. D. E.] Two. Three.'
    expect(splitSentences(tagged, 10)).toEqual(['One. [voice: A. B. C. D. E.]', 'Two.', 'Three.'])
  })

  it('loses not a letter', () => {
    const word = fc.stringMatching(/^[\p{L}\d,;[\]]{1,9}[.!?]?$/u)
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 60 }),
        fc.integer({ min: 1, max: 80 }),
        (words, most) => {
          const text = words.join(' ')
          const pieces = splitSentences(text, most)
          expect(squeeze(pieces.join(''))).toBe(squeeze(text))
          expect(pieces.every((piece) => piece.trim() !== '')).toBe(true)
        },
      ),
    )
  })
})

describe('a link of the server', () => {
  it('becomes ours', () => {
    expect(rewriteLink('/download/tmp_1-a.mp3', 'tts')).toBe('/download/tts/tmp_1-a.mp3')
    expect(rewriteLink('/v1/download/tmp.wav.json', 'tts')).toBe('/download/tts/tmp.wav.json')
    expect(downloadPath('tmp.wav.json')).toBe('/v1/download/tmp.wav.json')
  })

  it.each([
    '/download/../health.x',
    '/download/a/b.mp3',
    '/download/..mp3',
    '/download/.mp3',
    '/download/%2e%2e.mp3',
    'http://elsewhere/download/a.mp3',
    '//elsewhere/download/a.mp3',
    '/download/a.mp3?x',
    '/download/a',
    '/audio/a.mp3',
    '/download/a.mp3\r\nset-cookie: x',
  ])('%s is none', (link) => {
    expect(rewriteLink(link, 'tts')).toBeUndefined()
    const file = link.slice('/download/'.length)
    expect(() => downloadPath(file)).toThrow()
  })

  it('and the type of the audio are all that is taken from the headers', () => {
    const given = {
      'content-type': 'audio/mpeg; x',
      'x-download-path': '/download/a.mp3',
      'x-timing-path': '/download/../../x',
      'x-download-status': 'unavailable',
      'set-cookie': 'a=b',
      'access-control-allow-origin': '*',
      'content-disposition': 'attachment; filename="../x"',
    }
    expect(audioHeaders(given, { format: 'mp3', service: 'tts' })).toEqual({
      'content-type': 'audio/mpeg',
      'content-disposition': 'attachment; filename=speech.mp3',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-download-path': '/download/tts/a.mp3',
      'x-download-status': 'unavailable',
    })
    const odd = { 'content-type': 'text/html', 'content-length': '-1' }
    const headers = audioHeaders(odd, { format: 'opus', service: 'tts' })
    expect(headers).toMatchObject({ 'content-type': 'audio/opus' })
    expect(headers).not.toHaveProperty('content-length')
  })
})

describe('a request for speech', () => {
  const read = (body: object) => readSpeech(Buffer.from(JSON.stringify(body)))
  const known = { service: 'tts', ids: ['af_heart', 'am_adam'] }

  it('keeps what it does not know', () => {
    const body = { input: 'Hello', instructions: 'calmly', temperature: 1 }
    expect(read(body)).toEqual(body)
    expect(checkVoices(read(body), known)).toEqual(body)
  })

  it.each([
    ['input', {}],
    ['input', { input: '' }],
    ['input', { input: ' \n ' }],
    ['input', { input: 7 }],
    ['response_format', { input: 'a', response_format: 'midi' }],
    ['speed', { input: 'a', speed: 0.2 }],
    ['speed', { input: 'a', speed: 5 }],
    ['stream', { input: 'a', stream: 'yes' }],
    ['voice', { input: 'a', voice: ['af_heart'] }],
    ['stream_format', { input: 'a', stream_format: 'sse' }],
  ])('is refused for its %s: %j', (path, body) => {
    expect(() => read(body)).toThrow(
      expect.objectContaining({ code: 'VALIDATION', details: [expect.objectContaining({ path })] }),
    )
  })

  it('that is no JSON shows how one looks', () => {
    expect(() => readSpeech(Buffer.from('input=Hello'))).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST', hint: expect.stringContaining('"input"') }),
    )
  })

  it('has its voices checked in aliases and tags as well', () => {
    const check = (body: object) => () => checkVoices(read({ input: 'a', ...body }), known)
    const aliases = { Alice: 'af_heart', Bob: { voice: 'am_adam', rate: 1 } }
    const tagged = { allow_voice_tags: true, input: '[voice:Alice]Hi.[voice:am_adam]Ho.' }
    expect(check({ voice: ' Alice + am_adam', voice_aliases: aliases, ...tagged })()).toMatchObject(
      {
        voice: 'Alice+am_adam',
      },
    )
    expect(check({ voice_aliases: { Alice: 'nobody' } })).toThrow('no voice "nobody"')
    expect(check({ voice_aliases: { Alice: { rate: 1 } } })).toThrow('names no voice')
    expect(check({ ...tagged })).toThrow('no voice "Alice"')
    // without tags it is only text
    expect(check({ ...tagged, allow_voice_tags: false })).not.toThrow()
  })
})
