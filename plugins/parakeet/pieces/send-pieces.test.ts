import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup } from '../../../core/upstream/testing/rig.ts'
import { talkFor } from '../../../sandbox/speech/talk.ts'
import { wavOf } from '../testing/audio.ts'
import {
  startTranscribing,
  type TranscribingOptions,
  VERBOSE,
} from '../testing/start-transcribing.ts'

const open = createCleanup()
afterEach(open.run)
const start = (options?: TranscribingOptions) => startTranscribing(open, options)

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
    const { ask, state } = await start({ settings: { max_audio: '6s' } })
    const { json } = await ask(VERBOSE, LONG)
    const seconds = state.heard.map(({ file }) => ((file?.sizeBytes ?? 0) - 44) / 32_000)
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
    const { ask, state } = await start({ settings: { max_upload: '200k' } })
    const { json, headers } = await ask({ ...VERBOSE, language: 'en' }, LONG)
    expect(json.duration).toBeCloseTo(LONG.length / 32_000, 2)
    for (const { file } of state.heard) expect(file?.sizeBytes).toBeLessThan(200 * 1024)
    expect(headers.get('x-transcript-warning')).toBe('not used, since behind the file: language')
  })

  it('is refused with the limit where it cannot be cut', async () => {
    const { ask, state } = await start({ settings: { max_upload: '100k' } })
    const { status, json } = await ask({}, Buffer.concat([Buffer.from('ID3'), Buffer.alloc(2e5)]))
    expect([status, json.error.code]).toEqual([413, 'payload_too_large'])
    expect(json.error.message).toContain('ffmpeg')
    expect(state.heard).toEqual([])
  })
})
