import { expect, it } from 'vitest'
import { type Service, Value } from '#core'
import { readWavHeader } from './audio/wav-header.ts'
import { speechSample } from './sample.ts'
import { Settings } from './settings.ts'

it('a sample is a form with a WAV file of its own for each request', async () => {
  const settings = Value.Default(Settings, {}) as Settings
  const { body, headers, path } = await speechSample({ settings } as Service<Settings>)
  const [one, other] = [body(1), body(2)].map((bytes) => Buffer.from(bytes as Uint8Array))
  if (!one || !other) throw new Error('no bodies')
  expect([path, headers['content-type']]).toEqual([
    '/v1/audio/transcriptions',
    expect.stringContaining('boundary='),
  ])
  expect(one.equals(other)).toBe(false)
  const wav = one.subarray(one.indexOf('RIFF'))
  expect(readWavHeader(wav)).toMatchObject({
    ...{ format: 1, channels: 1, sampleRate: 16_000, bitsPerSample: 16 },
    dataBytes: 15 * 16_000 * 2,
  })
})
