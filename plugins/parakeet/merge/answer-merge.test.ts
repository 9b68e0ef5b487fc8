import { describe, expect, it } from 'vitest'
import { checkInput, closed } from '../../../core/http/validate.ts'
import { wavOf } from '../testing/audio.ts'
import { answerMerge } from './answer-merge.ts'
import { MergeBody } from './api.ts'

/** As the route does it. */
const post = (body: unknown) =>
  answerMerge(checkInput(closed(MergeBody), body, 'body') as MergeBody)

const WORDS = [
  { word: 'Hello.', start: 0, end: 0.5 },
  { word: 'Hi.', start: 1, end: 1.4, probability: 0.9 },
]
const TURNS = [
  { start: 0, end: 0.6, speaker: 'Alice' },
  { start: 0.9, end: 1.5, speaker: 'Bob' },
]

describe('a merge', () => {
  it.each([
    ['a list', TURNS],
    ['an answer of a diarizer', { duration: 2, segments: TURNS }],
    [
      'RTTM',
      'SPEAKER a 1 0 0.6 <NA> <NA> Alice <NA> <NA>\nSPEAKER a 1 0.9 0.6 <NA> <NA> Bob <NA> <NA>\n',
    ],
    ['lines', ['0.9 1.5 Bob', '0 0.6 Alice']],
  ])('takes turns as %s', (_, turns) => {
    const { segments, duration } = post({ words: WORDS, turns, duration: 2 })
    expect(segments.map(({ speaker, text }) => `${speaker}: ${text}`)).toEqual([
      'Alice: Hello.',
      'Bob: Hi.',
    ])
    expect(duration).toBe(2)
  })

  it('of channels hears how loud they are', () => {
    const audio = (loudness: number) =>
      wavOf([
        [0.5, 0.3],
        [0.5, 0],
        [0.5, loudness],
      ]).toString('base64')
    const hello = { word: 'Hello.', start: 0, end: 0.5 }
    const hi = { word: 'Hi.', start: 1, end: 1.4 }
    const merged = post({
      channels: [
        { name: 'local', words: [hello, hi], audio: `data:audio/wav;base64,${audio(0.003)}` },
        { name: 'remote', words: [{ ...hi, word: 'hi' }], audio: audio(0.3) },
      ],
    })
    expect(merged).toMatchObject({
      same_audio: false,
      dropped: [{ word: 'Hi.', channel: 'local', quieter_db: expect.closeTo(40, 0) }],
      speakers: [
        { id: 'local', words: 1 },
        { id: 'remote', words: 1 },
      ],
    })
  })

  const word = (given: object) => ({
    words: [{ word: 'a', start: 0, end: 1, ...given }],
    turns: TURNS,
  })
  const channel = (given: object) => ({ channels: [{ name: 'a', words: WORDS, ...given }] })
  it.each([
    ['VALIDATION', 'words is needed', {}],
    ['VALIDATION', 'not both', { words: WORDS, turns: TURNS, channels: channel({}).channels }],
    ['VALIDATION', 'turns is missing', { words: WORDS }],
    ['VALIDATION', 'words.0.start', word({ start: -1 })],
    ['VALIDATION', 'words.0.start', word({ start: null })],
    ['VALIDATION', 'words.0.start', word({ start: Number.NaN })],
    ['VALIDATION', 'words.0.end', word({ end: Number.POSITIVE_INFINITY })],
    ['VALIDATION', 'words.0.end is 0.5, before its start 0.7', word({ start: 0.7, end: 0.5 })],
    ['VALIDATION', 'words.0.word', word({ word: 7 })],
    ['VALIDATION', 'words is no list', { words: 'Hello', turns: TURNS }],
    ['VALIDATION', 'words.0 is no word', { words: [null], turns: TURNS }],
    ['VALIDATION', 'words.0.confidence', word({ confidence: 2 })],
    ['VALIDATION', 'channels.0.words.0', channel({ words: [7] })],
    ['VALIDATION', 'options.rule', { words: WORDS, turns: TURNS, options: { rule: 'best' } }],
    ['VALIDATION', 'options.rules', { words: WORDS, turns: TURNS, options: { rules: 'overlap' } }],
    ['VALIDATION', 'word', { word: WORDS, turns: TURNS }],
    ['VALIDATION', 'duration', { words: WORDS, turns: TURNS, duration: -1 }],
    ['VALIDATION', 'channels', { channels: [] }],
    ['VALIDATION', 'same name', { channels: [...channel({}).channels, ...channel({}).channels] }],
    ['VALIDATION', 'channels.0.audio', channel({ audio: { step_s: 0, dbfs: [] } })],
    ['AUDIO_UNREADABLE', 'not WAV', channel({ audio: 'aGVsbG8=' })],
    [
      'AUDIO_UNREADABLE',
      'in the middle',
      channel({
        audio: wavOf([[1, 1]])
          .subarray(0, 20)
          .toString('base64'),
      }),
    ],
    [
      'TURNS_UNREADABLE',
      'turn 1 has no start',
      { words: WORDS, turns: [{ speaker: 'a', end: 1 }] },
    ],
    [
      'TURNS_UNREADABLE',
      'starts at -5',
      { words: WORDS, turns: [{ start: -5, end: 1, speaker: 'a' }] },
    ],
    ['TURNS_UNREADABLE', 'neither RTTM', { words: WORDS, turns: { hello: 1 } }],
  ])('is refused by %s: %s', (code, message, body) => {
    expect(() => post(body)).toThrow(message)
    expect(() => post(body)).toThrow(expect.objectContaining({ code, status: 400 }))
  })

  it('of a million words is refused at once', () => {
    const words = Array.from({ length: 1_000_000 }, () => WORDS[0])
    expect(() => post({ words, turns: TURNS })).toThrow(expect.objectContaining({ status: 400 }))
  })

  it('takes words without length, and two at the same moment', () => {
    const words = [
      { word: 'a', start: 0.2, end: 0.2 },
      { word: 'b', start: 0.2, end: 0.2 },
    ]
    expect(post({ words, turns: TURNS }).segments).toMatchObject([
      { speaker: 'Alice', text: 'a b' },
    ])
  })
})
