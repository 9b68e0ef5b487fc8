import { describe, expect, it } from 'vitest'
import { ControlError, type Upstream } from '#core'
import { askDiarizer } from '../diarize/ask-diarizer.ts'
import { fakeService } from '../testing/fake-service.ts'
import { explainBreak } from './explain-break.ts'
import { explainRefusal } from './explain-refusal.ts'
import { serverWords } from './server-words.ts'

const explain = (status: number, said: unknown, isKnownAudio = true, headers = {}) => {
  const text = typeof said === 'string' ? said : JSON.stringify(said)
  return explainRefusal({ status, headers, text }, { service: 'asr', isKnownAudio })
}

describe('the words of a server', () => {
  it.each([
    ['in OpenAI’s shape', { error: { message: 'No.', type: 'x', code: null } }],
    ['as a plain error', { error: 'No.' }],
    ['as a detail', { detail: 'No.' }],
    ['as an object in detail', { detail: { error: 'code', message: 'No.' }, x: 1 }],
    ['as a message', { message: 'No.' }],
    ['as text', 'No.'],
    ['as JSON text', '"No."'],
  ])('are found %s', (_, said) => {
    const words = serverWords(typeof said === 'string' ? said : JSON.stringify(said))
    expect(words).toBe('No.')
  })

  it('are those of FastAPI about each field', () => {
    const detail = [
      { type: 'missing', loc: ['body', 'file'], msg: 'Field required' },
      { type: 'x', loc: ['body', 'model'], msg: 'Unknown' },
    ]
    expect(serverWords(JSON.stringify({ detail }))).toBe('file: Field required; model: Unknown')
  })

  it('never tell its paths, its pages or more than a line of them', () => {
    expect(serverWords('{"detail":"cannot open /tmp/up/x1.wav\\nnow"}')).toBe('cannot open … now')
    expect(serverWords('<html><body>502</body></html>')).toBe('')
    expect(serverWords('{"broken')).toBe('')
    expect(serverWords('x'.repeat(5000))).toHaveLength(300)
  })
})

describe('a refusal', () => {
  it.each([
    [400, { error: { message: 'Invalid file format.' } }, 400, 'AUDIO_UNREADABLE'],
    [415, { detail: 'Could not decode' }, 415, 'AUDIO_UNREADABLE'],
    [400, { detail: 'temperature must be a number' }, 400, 'SPEECH_REFUSED'],
    [422, { detail: [{ loc: ['body', 'language'], msg: 'bad' }] }, 422, 'SPEECH_REFUSED'],
    [401, { error: 'no key' }, 502, 'SPEECH_FAILED'],
    [404, { detail: 'Not Found' }, 502, 'SPEECH_FAILED'],
    [404, { detail: "model 'x' not found" }, 404, 'MODEL_NOT_FOUND'],
    [413, { detail: 'too long' }, 413, 'PAYLOAD_TOO_LARGE'],
    [429, '', 429, 'OVERLOADED'],
    [503, { detail: 'Model is not ready' }, 503, 'MODEL_LOADING'],
    [503, { error: 'busy' }, 503, 'OVERLOADED'],
    [504, '', 504, 'UPSTREAM_TIMEOUT'],
    [
      500,
      { detail: 'CUDA error: an illegal memory access was encountered' },
      502,
      'DECODE_CRASHED',
    ],
    [500, { detail: 'CUDA failure 700: invalid argument' }, 502, 'DECODE_CRASHED'],
    [500, { detail: 'cudaErrorNoKernelImageForDevice' }, 502, 'DECODE_CRASHED'],
    [500, { detail: 'CUDA out of memory. Tried to allocate 2 GiB' }, 503, 'OVERLOADED'],
    [500, { detail: 'Error opening file: Format not recognised.' }, 400, 'AUDIO_UNREADABLE'],
    [500, { detail: "'NoneType' object is not subscriptable" }, 502, 'SPEECH_FAILED'],
    [500, 'Internal Server Error', 502, 'SPEECH_FAILED'],
    [302, '', 502, 'SPEECH_REFUSED'],
  ])('%i %j is told as %i %s', (status, said, told, code) => {
    expect(explain(status, said)).toMatchObject({ status: told, code })
  })

  it('of a file nobody knows is one of the file, whatever the server calls it', () => {
    for (const status of [400, 422, 500])
      expect(explain(status, { detail: 'unexpected' }, false).code).toBe('AUDIO_UNREADABLE')
    expect(explain(302, '', false)).toMatchObject({ status: 502, code: 'SPEECH_REFUSED' })
  })

  it('says when to ask again', () => {
    expect(explain(429, '', true, { 'retry-after': '30' }).retryAfterS).toBe(30)
    expect(explain(503, '').retryAfterS).toBe(5)
  })
})

it.each([
  ['answers', 'DECODE_CRASHED'],
  ['loading', 'DECODE_CRASHED'],
  ['gone', 'DECODE_CRASHED'],
  ['silent', 'OVERLOADED'],
] as const)('takes a broken decode whose server then %s for %s', (aftermath, code) => {
  expect(explainBreak('asr', aftermath).code).toBe(code)
})

it('looks after a break at the server that broke off, the diarizer beside a healthy other', async () => {
  const settings = { diarize: '/turns', diarizer: { port: 1 }, diarizer_health: '/alive' }
  const service = fakeService(settings, (endpoint) => {
    const request = async (path: string) => {
      if (endpoint !== 'diarizer') return { status: 200, body: Buffer.from('OK') }
      throw new ControlError('UPSTREAM_TIMEOUT', `${path} is silent.`)
    }
    const stream = async () => {
      throw new ControlError('UPSTREAM_FAILED', 'It broke off.')
    }
    return { request, stream } as unknown as Upstream
  })
  const file = { name: 'x.wav', type: 'audio/wav', content: (async function* () {})() }
  const { signal } = new AbortController()
  const asked = askDiarizer(service, { file, isKnownAudio: true, signal })
  await expect(asked).rejects.toMatchObject({ code: 'OVERLOADED' })
})
