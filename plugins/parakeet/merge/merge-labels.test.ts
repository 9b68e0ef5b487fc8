import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { mergeLabels } from './merge-labels.ts'

/** `say('0-0.4 Hello', …)` */
const say = (...lines: string[]): Word[] =>
  lines.map((line) => {
    const [, start, end, word] = /^(\S+)-(\S+) (.*)$/.exec(line) as unknown as string[]
    return { word: word as string, start: Number(start), end: Number(end) }
  })
const turns = (...lines: string[]): Turn[] =>
  say(...lines).map(({ word, start, end }) => ({ start, end, speaker: word }))

const shown = ({ segments }: ReturnType<typeof mergeLabels>) =>
  segments.map(({ speaker, text }) => `${speaker}: ${text}`)

const TALK = say('0-0.4 Is', '0.4-0.6 it', '0.6-1 done?', '1.5-1.9 Yes,', '2-2.3 today.')

describe('merging words with turns', () => {
  it('gives each word to who speaks, in the shape of OpenAI', () => {
    const merged = mergeLabels(TALK, turns('0-1.1 Alice', '1.4-2.4 Bob'), {}, 3)
    expect(merged).toMatchObject({
      task: 'transcribe',
      duration: 3,
      text: 'Is it done? Yes, today.',
      speakers: [
        { id: 'Alice', label: 'Alice', words: 3, seconds: 1 },
        { id: 'Bob', label: 'Bob', words: 2, seconds: 0.7 },
      ],
      warnings: [],
    })
    expect(merged.segments).toMatchObject([
      { id: 'seg_1', start: 0, end: 1, text: 'Is it done?', speaker: 'Alice', overlap: false },
      { id: 'seg_2', start: 1.5, end: 2.3, text: 'Yes, today.', speaker: 'Bob', overlap: false },
    ])
    expect(merged.segments[1]?.words[0]).toEqual({
      ...{ word: 'Yes,', start: 1.5, end: 1.9, speaker: 'Bob' },
    })
  })

  it.each(['aligned', 'overlap'] as const)(
    '%s: outside of every turn the nearest edge counts',
    (rule) => {
      const late = say('0-0.5 One', '2.2-2.5 two', '9-9.4 three')
      const merged = mergeLabels(late, turns('0-1 A', '3-4 B'), { rule })
      expect(shown(merged)).toEqual(['A: One', 'B: two', 'B: three'])
    },
  )

  it.each(['aligned', 'overlap'] as const)(
    '%s: an interjection inside a turn has its own words',
    (rule) => {
      const words = say('0-1 So', '1-2 we', '2-3 will', '3-3.4 yeah', '3.4-5 go', '5-6 home')
      const merged = mergeLabels(words, turns('0-6 Alice', '2.95-3.45 Bob'), { rule })
      expect(shown(merged)).toEqual(['Alice: So we will', 'Bob: yeah', 'Alice: go home'])
      expect(merged.segments.map(({ overlap }) => overlap)).toEqual([false, true, false])
      expect(merged.segments[1]?.words[0]?.overlap).toBe(true)
    },
  )

  it('moves a change of speaker to the end of the sentence where turns are off', () => {
    const sentence = 'we began this a long time ago you see and there it all ended'.split(' ')
    const words = Array.from({ length: 30 * sentence.length }, (_, index) => ({
      word: `${sentence[index % sentence.length]}${index % sentence.length === sentence.length - 1 ? '.' : ''}`,
      start: index * 0.4,
      end: index * 0.4 + 0.4,
    }))
    // every turn ends a second too early, and begins a little too early
    const edge = (index: number) => index * sentence.length * 0.4
    const off = Array.from({ length: 30 }, (_, index) => ({
      start: Math.max(0, edge(index) - 0.2),
      end: edge(index + 1) - 1,
      speaker: index % 2 === 0 ? 'A' : 'B',
    }))
    const lines = (rule: 'aligned' | 'overlap') => shown(mergeLabels(words, off, { rule }))
    const whole = `${sentence.join(' ')}.`
    expect(new Set(lines('aligned'))).toEqual(new Set([`A: ${whole}`, `B: ${whole}`]))
    expect(new Set(lines('overlap')).size).toBeGreaterThan(2)
  })

  it('begins another segment after a silence', () => {
    const words = say('0-1 One.', '2.5-3 Two.', '6-7 Three.')
    const texts = (max_gap_s: number) => shown(mergeLabels(words, turns('0-7 A'), { max_gap_s }))
    expect(texts(2)).toEqual(['A: One. Two.', 'A: Three.'])
    expect(texts(3)).toEqual(['A: One. Two. Three.'])
    expect(texts(0)).toHaveLength(3)
  })

  it('names speakers by letters in the order they speak, where asked', () => {
    const merged = mergeLabels(TALK, turns('1.4-2.4 SPEAKER_00', '0-1.1 SPEAKER_01'), {
      labels: 'letters',
    })
    expect(shown(merged)).toEqual(['A: Is it done?', 'B: Yes, today.'])
    expect(merged.speakers.map(({ id, label }) => [id, label])).toEqual([
      ['A', 'SPEAKER_01'],
      ['B', 'SPEAKER_00'],
    ])
    expect(merged.segments[0]?.words[0]?.speaker).toBe('A')
  })

  it('leaves words far from every turn unknown, where asked', () => {
    const words = say('0-1 Here', '30-31 nobody')
    const merged = mergeLabels(words, turns('0-1 A'), { nearest_within_s: 5, labels: 'letters' })
    expect(shown(merged)).toEqual(['A: Here', 'unknown: nobody'])
  })

  it('gives a sentence to the speaker of most of it, where asked', () => {
    const given = turns('0-0.7 Bob', '0.7-3 Alice')
    const words = say('0-0.5 Is', '0.8-1.1 it', '1.1-1.5 done?', '1.6-2 Yes.')
    const with_ = { rule: 'overlap', realign_sentences: true } as const
    expect(shown(mergeLabels(words, given, with_))).toEqual(['Alice: Is it done? Yes.'])
    expect(shown(mergeLabels(words, given, { rule: 'overlap' }))).toHaveLength(2)
  })

  it('knows nobody without turns, and says so', () => {
    const merged = mergeLabels(TALK, [])
    expect(shown(merged)).toEqual(['unknown: Is it done? Yes, today.'])
    expect(merged.warnings).toHaveLength(1)
    expect(mergeLabels([], turns('0-1 A'))).toMatchObject({ text: '', segments: [], warnings: [] })
  })
})

const time = fc.integer({ min: 0, max: 4_000 }).map((n) => n / 100)
const span = fc.tuple(time, fc.integer({ min: 0, max: 500 })).map(([start, length]) => ({
  ...{ start, end: start + length / 100 },
}))
const someWords = fc
  .uniqueArray(fc.record({ span, word: fc.constantFrom('a', 'b.', ' c', 'd?"', '日', '') }), {
    maxLength: 40,
    selector: ({ span: at }) => `${at.start} ${at.end}`,
  })
  .map((list): Word[] => list.map(({ span: at, word }) => ({ word, ...at })))
const someTurns = fc
  .array(fc.record({ span, speaker: fc.constantFrom('A', 'B', 'C', '__proto__') }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((list): Turn[] => list.map(({ span: at, speaker }) => ({ speaker, ...at })))
const rules = fc.constantFrom('aligned' as const, 'overlap' as const)

const said = (merged: ReturnType<typeof mergeLabels>) =>
  merged.segments.flatMap(({ words }) => words)

describe('whatever words and turns', () => {
  it('every word is there once, in order of time, with a speaker of the turns', () => {
    fc.assert(
      fc.property(someWords, someTurns, rules, (words, given, rule) => {
        const merged = mergeLabels(words, given, { rule })
        const all = said(merged)
        expect(all.map(({ word, start, end }) => ({ word, start, end }))).toEqual(
          expect.arrayContaining(words),
        )
        expect(all).toHaveLength(words.length)
        expect(all.every(({ start }, index) => start >= (all[index - 1]?.start ?? 0))).toBe(true)
        const known = new Set(given.map(({ speaker }) => speaker))
        expect(all.every(({ speaker }) => known.has(speaker))).toBe(true)
        expect(merged.speakers.reduce((sum, { words: n }) => sum + n, 0)).toBe(words.length)
      }),
    )
  })

  it('neither order nor names nor the hour matter', () => {
    fc.assert(
      fc.property(someWords, someTurns, rules, (words, given, rule) => {
        const labels = (w: Word[], t: Turn[]) =>
          said(mergeLabels(w, t, { rule })).map(({ speaker }) => speaker)
        const plain = labels(words, given)
        const renamed = given.map((turn) => ({ ...turn, speaker: `x${turn.speaker}` }))
        expect(labels(words, renamed)).toEqual(plain.map((label) => `x${label}`))
        expect(labels(words, [...given].reverse())).toEqual(plain)
        expect(
          labels(
            [...words].sort((a, b) => a.start - b.start),
            given,
          ),
        ).toEqual(plain)
      }),
    )
  })

  it('one speaker says everything', () => {
    fc.assert(
      fc.property(someWords, someTurns, rules, (words, given, rule) => {
        const alone = given.map((turn) => ({ ...turn, speaker: 'Alice' }))
        const speakers = said(mergeLabels(words, alone, { rule })).map(({ speaker }) => speaker)
        expect(new Set(speakers).size).toBeLessThanOrEqual(1)
      }),
    )
  })
})
