import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ControlError } from '#core'
import type { Turn } from '../turns.ts'
import { readTurns } from './read-turns.ts'
import { writeRttm } from './rttm.ts'

const ALICE = { start: 0.5, end: 3.12, speaker: 'Alice' }
const BOB = { start: 3, end: 4, speaker: 'Bob' }
const NUMBERED = [
  { start: 0.5, end: 3.12, speaker: 'speaker_0' },
  { start: 3, end: 4, speaker: 'speaker_1' },
]
const RTTM = `;; a comment
SPKR-INFO call 1 <NA> <NA> <NA> unknown Alice <NA> <NA>
SPEAKER call 1 3.000 1.000 <NA> <NA> Bob <NA> <NA>
SPEAKER call 1 0.500 2.620 <NA> <NA> Alice <NA> <NA>
`

describe('turns of a diarizer', () => {
  it.each([
    ['RTTM', RTTM, [ALICE, BOB]],
    ['rows', [BOB, ALICE], [ALICE, BOB]],
    ['rows in an object', { duration: 9, segments: [BOB, ALICE] }, [ALICE, BOB]],
    ['rows deeper in', { output: { diarization: [ALICE] } }, [ALICE]],
    ['rows as text', JSON.stringify({ turns: [BOB, ALICE] }), [ALICE, BOB]],
    ['rows with duration and label', [{ start: 3, duration: 1, label: 'Bob' }], [BOB]],
    ['rows with other names', [{ start_time: 3, end_time: 4, speaker_label: 'Bob' }], [BOB]],
    ['rows of numbered speakers', [{ start: 3, end: 4, speaker: 1 }], [NUMBERED[1]]],
    ['rows that are arrays', [[3, 4, 'Bob']], [BOB]],
    [
      "pyannote's Annotation",
      { pyannote: 'Annotation', content: [{ segment: { start: 3, end: 4 }, label: 'Bob' }] },
      [BOB],
    ],
    ["NeMo's strings", ['3.000 4.000 speaker_1', '0.500 3.120 speaker_0'], NUMBERED],
    ["NeMo's strings a file", [['3.000 4.000 speaker_1', '0.500 3.120 speaker_0']], NUMBERED],
    ["NeMo's strings as lines", '0.5 3.12 speaker_0\n3 4 speaker_1\n', NUMBERED],
    ['nothing', [], []],
    ['nothing as text', '', []],
  ])('are read from %s', (_, answer, turns) => {
    const read = readTurns(answer)
    expect(read).toHaveLength(turns.length)
    read.forEach((turn, index) => {
      expect(turn.start).toBeCloseTo(turns[index]?.start ?? -1, 9)
      expect(turn.end).toBeCloseTo(turns[index]?.end ?? -1, 9)
      expect(turn.speaker).toBe(turns[index]?.speaker)
    })
  })

  it('are read from words with the tags of Riva, in milliseconds', () => {
    const word = (start_time: number, end_time: number, speaker_tag: number) => ({
      ...{ word: 'so', start_time, end_time, speaker_tag },
    })
    const turns = [
      { start: 0.1, end: 0.9, speaker: 'speaker_1' },
      { start: 1, end: 1.2, speaker: 'speaker_2' },
      { start: 4, end: 4.5, speaker: 'speaker_2' },
    ]
    const words = [word(100, 400, 1), word(500, 900, 1), word(1000, 1200, 2), word(4000, 4500, 2)]
    expect(readTurns({ words })).toEqual(turns)
    const results = [
      { alternatives: [{ words: words.slice(0, 2) }] },
      { alternatives: [{ words: words.slice(2) }, { words }] },
    ]
    expect(readTurns({ results })).toEqual(turns)
    const camel = words.map(({ start_time, end_time, speaker_tag }) => ({
      ...{
        startTime: `${start_time / 1000}s`,
        endTime: `${end_time / 1000}s`,
        speakerTag: speaker_tag,
      },
    }))
    expect(readTurns({ words: camel })).toEqual(turns)
    expect(readTurns({ words: [{ ...words[0], speaker_tag: 0 }], turns: [BOB] })).toEqual([BOB])
  })

  it('begin with the audio, and those without length are none', () => {
    const given = [
      { ...ALICE, start: -0.06 },
      { ...BOB, end: 3 },
    ]
    expect(readTurns(given)).toEqual([{ ...ALICE, start: 0 }])
  })

  const deep = { output: { data: { results: { content: [] } } } }
  it.each([
    ['neither RTTM nor', null],
    ['neither RTTM nor', 7],
    ['neither RTTM nor', { text: 'hello' }],
    ['neither RTTM nor', deep],
    ['begin like JSON', '{"turns": ['],
    ['line 1 is not', 'SPEAKER call 1 0.5'],
    ['line 1 is not', 'SPEAKER call 1 0.5 -1 <NA> <NA> Alice <NA> <NA>'],
    ['turn 1 is not "start end speaker"', 'hello'],
    ['turn 2 is not a turn', [BOB, null]],
    ['turn 1 has no speaker', [{ start: 0, end: 1 }]],
    ['turn 1 has no speaker', [{ start: 0, end: 1, speaker: 'x'.repeat(201) }]],
    ['turn 1 has no start', [{ ...BOB, start: Number.NaN }]],
    ['turn 1 has no start', [{ ...BOB, start: '3' }]],
    ['turn 1 has no end', [{ ...BOB, end: Number.POSITIVE_INFINITY }]],
    ['turn 1 ends at 2 s, before', [{ ...BOB, end: 2 }]],
    ['turn 1 starts at -5 s', [{ ...BOB, start: -5 }]],
    ['there are 1000000', Array.from({ length: 1_000_000 }, () => BOB)],
    ['101 speakers', Array.from({ length: 101 }, (_, n) => ({ ...BOB, speaker: `s${n}` }))],
    ['word 1 has a speaker_tag', { words: [{ word: 'a', speaker_tag: 1 }] }],
  ])('are refused with %s', (message, answer) => {
    const read = () => readTurns(answer)
    expect(read).toThrow(message)
    expect(read).toThrow(expect.objectContaining({ code: 'TURNS_UNREADABLE', status: 400 }))
  })

  it('are read or refused, whatever comes', () => {
    const anything = fc.oneof(fc.anything(), fc.string(), fc.json())
    fc.assert(
      fc.property(anything, (answer) => {
        try {
          const turns = readTurns(answer)
          expect(turns.every(({ start, end }) => start >= 0 && end > start)).toBe(true)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ControlError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

it('turns as text that are none are refused, however long', () => {
  const [commas, tabs] = [','.repeat(20_000), '\t'.repeat(20_000)]
  for (const row of [`+,+\t${commas},+${tabs}\n+`, `1 2${tabs}`, `${commas}1`])
    expect(() => readTurns([row])).toThrow(ControlError)
})

describe('RTTM', () => {
  it('reads back as it was written', () => {
    const turn = fc.record({
      start: fc.integer({ min: 0, max: 1e6 }),
      length: fc.integer({ min: 1, max: 1e5 }),
      speaker: fc.constantFrom('A', 'SPEAKER_00', 'Ä', 'a b'),
    })
    fc.assert(
      fc.property(fc.array(turn), (list) => {
        const turns = list.map(({ start, length, speaker }) => ({
          ...{ start: start / 1000, end: (start + length) / 1000, speaker },
        }))
        const read = readTurns(writeRttm(turns, 'a call'))
        expect(read).toHaveLength(turns.length)
        const key = (t: Turn) =>
          `${t.start.toFixed(3)} ${t.end.toFixed(3)} ${t.speaker.replace(' ', '_')}`
        expect(read.map(key).sort()).toEqual(turns.map(key).sort())
      }),
    )
  })

  it('has ten fields a line', () => {
    expect(writeRttm([ALICE], 'my call')).toBe(
      'SPEAKER my_call 1 0.500 2.620 <NA> <NA> Alice <NA> <NA>\n',
    )
  })
})
