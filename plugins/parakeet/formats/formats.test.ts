import { describe, expect, it } from 'vitest'
import type { Word } from '../words.ts'
import { cutCues } from './cues.ts'
import { writeTextEvents } from './events.ts'
import { writeSrt, writeVtt } from './subtitles.ts'

const words = (text: string, eachS: number): Word[] =>
  text.split(' ').map((word, at) => ({ word, start: at * eachS, end: (at + 1) * eachS }))

describe('subtitles', () => {
  it('are numbered, with hours, and end at an empty line', () => {
    const cues = [
      { start: 0, end: 1.2345, text: 'One\n\ntwo' },
      { start: 3661.9996, end: 3663, text: 'A < B & C' },
    ]
    expect(writeSrt(cues)).toBe(
      '1\n00:00:00,000 --> 00:00:01,235\nOne two\n\n2\n01:01:02,000 --> 01:01:03,000\nA < B & C\n\n',
    )
    expect(writeVtt(cues)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.235\nOne two\n\n01:01:02.000 --> 01:01:03.000\nA &lt; B &amp; C\n\n',
    )
  })

  it('are the segments, those cut at words that are too long to be read', () => {
    const text = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')
    const own = words(text, 0.5)
    const segments = [
      { start: 0, end: 20, text: text.split(' ').slice(0, 40).join(' ') },
      { start: 20, end: 22, text: text.split(' ').slice(40, 44).join(' ') },
      { start: 22, end: 30, text: text.split(' ').slice(44).join(' ') },
    ]
    const cues = cutCues({ segments, words: own })
    expect(cues.map((cue) => cue.text).join(' ')).toBe(text)
    expect(cues).toContainEqual(segments[1])
    for (const cue of cues) {
      expect(cue.text.length).toBeLessThanOrEqual(84)
      expect(cue.end - cue.start).toBeLessThanOrEqual(7)
    }
  })

  it('have one line of text each, whatever is in it', () => {
    const text = ` a \r\n \n\tb${' '.repeat(200_000)}c\n`
    const [, , line] = writeSrt([{ start: 0, end: 1, text }]).split('\n')
    expect(line).toBe(`a b${' '.repeat(200_000)}c`)
  })

  it('stay whole where there are no words to cut at', () => {
    const segments = [{ start: 0, end: 60, text: 'long' }]
    expect(cutCues({ segments, words: [] })).toEqual(segments)
  })
})

describe('events of a whole transcript', () => {
  const told = (text: string, parts: string[]) =>
    [
      ...writeTextEvents(
        text,
        parts.map((part) => ({ start: 0, end: 1, text: part })),
      ),
    ].map((event) => JSON.parse(String(event).split('data: ')[1] ?? ''))

  it.each([
    ['segments that make it up', 'One. Two.', ['One.', 'Two.'], 2],
    ['segments that do not', 'One, two', ['One.', 'Two.'], 1],
    ['none', 'One', [], 1],
    ['nothing', '', [], 0],
  ])('make up its text from %s', (_, text, parts, deltas) => {
    const events = told(text, parts)
    expect(
      events
        .slice(0, -1)
        .map(({ delta }) => delta)
        .join(''),
    ).toBe(text)
    expect(events).toHaveLength(deltas + 1)
    expect(events.at(-1)).toEqual({ type: 'transcript.text.done', text })
  })
})
