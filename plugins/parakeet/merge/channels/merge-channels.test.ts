import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Word } from '../../words.ts'
import type { HeardChannel } from './find-bleed.ts'
import { levelBetween } from './levels.ts'
import { mergeChannels } from './merge-channels.ts'

const STEP_S = 0.1

/** `speak('2 Hello', …)`: words of 0.4 s at these seconds. */
const speak = (...lines: string[]): Word[] =>
  lines.map((line) => {
    const [start, word = ''] = line.split(' ')
    return { word, start: Number(start), end: Number(start) + 0.4 }
  })

/** A level over ten seconds: -60 dB, but what is given at its second. */
const loud = (at: Record<number, number>) => {
  const dbfs = Array.from({ length: 100 }, () => -60)
  for (const [second, db] of Object.entries(at)) {
    const step = (time: number) => Math.max(0, Math.round(time / STEP_S))
    dbfs.fill(db, step(Number(second) - 0.1), step(Number(second) + 0.5))
  }
  return { step_s: STEP_S, dbfs }
}

const shown = ({ segments }: ReturnType<typeof mergeChannels>) =>
  segments.map(({ speaker, text }) => `${speaker}: ${text}`)

const local = (words: string[], levels: Record<number, number>): HeardChannel => ({
  ...{ name: 'local', words: speak(...words), levels: loud(levels) },
})
const remote = (words: string[], levels: Record<number, number>): HeardChannel => ({
  ...{ name: 'remote', words: speak(...words), levels: loud(levels) },
})

describe('two channels', () => {
  it('are two speakers, each with her own sentences though they talk over each other', () => {
    const merged = mergeChannels([
      { name: 'Alice', words: speak('0 So', '0.5 we', '1 begin.', '6 Fine.') },
      { name: 'Bob', words: speak('0.7 Wait', '1.2 please.', '3 Now.') },
    ])
    expect(shown(merged)).toEqual(['Alice: So we begin.', 'Bob: Wait please. Now.', 'Alice: Fine.'])
    expect(merged.segments.map(({ overlap }) => overlap)).toEqual([true, true, false])
    expect(merged.same_audio).toBe(false)
  })

  it('lose a word that is quieter and echoes the other one, and tell of it', () => {
    const merged = mergeChannels([
      local(['1 Hello', '3.1 goodby'], { 1: -20, 3: -40 }),
      remote(['3 Goodbye'], { 3: -20 }),
    ])
    expect(shown(merged)).toEqual(['local: Hello', 'remote: Goodbye'])
    expect(merged.dropped).toEqual([
      {
        ...{ word: 'goodby', start: 3.1, end: 3.5, channel: 'local', reason: 'bleed' },
        echo_of: { channel: 'remote', word: 'Goodbye', start: 3 },
        quieter_db: expect.closeTo(20, 0),
      },
    ])
  })

  it.each([
    ['a quiet word of its own under loud bleed', '3 no', -45, 'Goodbye'],
    ['a word both say, as loud as the other', '3 yeah', -26, 'yeah'],
    ['an echo that comes too late', '3.6 goodbye', -45, 'Goodbye'],
  ])('keep %s', (_, word, db, said) => {
    const merged = mergeChannels([
      local([word], { [Number.parseFloat(word)]: db }),
      remote([`3 ${said}`], { 3: -20, 3.6: -20 }),
    ])
    expect(merged.dropped).toEqual([])
    expect(merged.speakers.map(({ id }) => id).sort()).toEqual(['local', 'remote'])
  })

  it('lose nothing where nobody knows how loud they are, and say so', () => {
    const words = speak('3 Goodbye')
    const merged = mergeChannels([local(['3 goodbye'], { 3: -50 }), { name: 'remote', words }])
    expect(merged.dropped).toEqual([])
    expect(merged.warnings).toEqual([expect.stringContaining('remote')])
  })

  it.each([
    ['levels', true],
    ['words', false],
  ])('that hold the same recording, by their %s, are one', (_, withLevels) => {
    const lines = ['0 We', '1 all', '2 agree', '3 then.', '5 Good.', '6 Bye.']
    const levels = { 0: -20, 1: -24, 2: -30, 3: -22, 5: -20, 6: -21 }
    const heard = loud(levels)
    const quieter = { ...heard, dbfs: heard.dbfs.map((db) => db - 6) }
    const words = speak(...lines)
    const channels: HeardChannel[] = [
      { name: 'left', words, ...(withLevels && { levels: heard }) },
      { name: 'right', words, ...(withLevels && { levels: quieter }) },
    ]
    const turns = [
      { start: 0, end: 4, speaker: 'Alice' },
      { start: 4.5, end: 7, speaker: 'Bob' },
    ]
    const merged = mergeChannels(channels, turns)
    expect(merged.same_audio).toBe(true)
    expect(shown(merged)).toEqual(['Alice: We all agree then.', 'Bob: Good. Bye.'])
    expect(merged.warnings).toEqual(['All 2 channels hold the same audio.'])
    expect(shown(mergeChannels(channels))).toEqual(['unknown: We all agree then. Good. Bye.'])
  })

  it('are two, though one only ever hears the other', () => {
    const words = ['0 We', '1 all', '2 agree', '3 then.', '5 Good.']
    const merged = mergeChannels([
      local(words, { 0: -45, 1: -44, 2: -49, 3: -45, 5: -46 }),
      remote(words, { 0: -20, 1: -24, 2: -20, 3: -22, 5: -25 }),
    ])
    expect(merged.same_audio).toBe(false)
    expect(merged.dropped).toHaveLength(5)
    expect(merged.speakers.map(({ id }) => id)).toEqual(['remote'])
  })
})

const words = fc
  .array(
    fc.record({ at: fc.integer({ min: 0, max: 90 }), word: fc.constantFrom('yes', 'no', 'Yes.') }),
    { maxLength: 20 },
  )
  .map((list) => list.map(({ at, word }) => ({ word, start: at / 10, end: at / 10 + 0.3 })))
const levels = fc
  .array(fc.integer({ min: -70, max: 0 }), { minLength: 95, maxLength: 95 })
  .map((dbfs) => ({ step_s: STEP_S, dbfs }))

it('every word of every channel is kept or dropped, and dropped only where it is quieter', () => {
  fc.assert(
    fc.property(words, words, levels, levels, (one, two, a, b) => {
      const channels = [
        { name: 'a', words: one, levels: a },
        { name: 'b', words: two, levels: b },
      ]
      const merged = mergeChannels(channels)
      const kept = merged.segments.flatMap((segment) => segment.words).length
      if (merged.same_audio) return
      expect(kept + merged.dropped.length).toBe(one.length + two.length)
      for (const { channel, start, end } of merged.dropped) {
        const [own, other] = channel === 'a' ? [a, b] : [b, a]
        const by =
          levelBetween(other, start - 0.1, end + 0.1) - levelBetween(own, start - 0.1, end + 0.1)
        expect(by).toBeGreaterThanOrEqual(10)
      }
    }),
  )
})
