import { describe, expect, it } from 'vitest'
import type { Word } from '../words.ts'
import { readTranscript } from './read-transcript.ts'

const read = (answer: unknown, audioS?: number, words: boolean | 'subword' = true) =>
  readTranscript(answer, { words, ...(audioS !== undefined && { audioS }) })

const w = (word: string, start: number, end: number): Word => ({ word, start, end })
const plain = (words: readonly Word[]) => words.map(({ word, start, end }) => [word, start, end])

describe('the words of a server', () => {
  const words = [w('Good', 0.5, 0.8), w('morning.', 0.9, 1.4)]
  const text = 'Good morning.'
  const ms = words.map(({ word, start, end }) => ({
    ...{ word, start_time: start * 1000, end_time: end * 1000 },
  }))

  it.each([
    ['beside the text', { text, words, segments: null, duration: 99 }],
    ['in segments', { text, segments: [{ id: 0, start: 0.5, end: 1.4, text, words }] }],
    [
      "in NeMo's timestamps",
      { text, timestamps: { word: words.map((each) => ({ ...each, start_offset: 6 })), char: [] } },
    ],
    ['under other names', { text, words: words.map(({ word: w, ...rest }) => ({ w, ...rest })) }],
    ['in milliseconds', { text, words: ms }],
    ['as text in their times', { text, words: words.map((e) => ({ ...e, start: `${e.start}` })) }],
    [
      'with blanks and nothing between them',
      { text, words: [null, { word: ' ' }, w(' Good', 0.5, 0.8), 7, w('morning. ', 0.9, 1.4)] },
    ],
  ])('are found %s', (_, answer) => {
    for (const audioS of [undefined, 2]) {
      const found = read(answer, audioS)
      expect(plain(found.words)).toEqual(plain(words))
      expect(found.text).toBe(text)
      expect(found.words.some(({ timing }) => timing)).toBe(false)
    }
  })

  it('keep their confidence where it is one', () => {
    const given = [
      { ...w('a', 0, 1), score: 0.25 },
      { ...w('b', 1, 2), confidence: -4 },
    ]
    expect(read({ text: 'a b', words: given }).words).toEqual([
      { ...w('a', 0, 1), confidence: 0.25 },
      w('b', 1, 2),
    ])
  })

  it('last until the next where the end is missing, half a second at most', () => {
    const given = [
      { word: 'a', start: 1 },
      { word: 'b', start: 1.2 },
      { word: 'c', start: 9 },
    ]
    expect(plain(read({ text: 'a b c', words: given }, 9.3).words)).toEqual([
      ['a', 1, 1.2],
      ['b', 1.2, 1.7],
      ['c', 9, 9.3],
    ])
  })

  it('are spread between their neighbours where some have no time, and say so', () => {
    const given = [w('a', 0, 1), { word: 'bb cc' }, { word: 'd' }, w('e', 3, 4)]
    const { words: found } = read({ text: 'a bb cc d e', words: given })
    expect(found.map(({ word, timing }) => [word, timing])).toEqual([
      ['a', undefined],
      ['bb cc', 'interpolated'],
      ['d', 'interpolated'],
      ['e', undefined],
    ])
    expect(found[1]?.start).toBe(1)
    expect(found[2]?.end).toBe(3)
  })

  it('never reach beyond the audio or before it', () => {
    const given = [{ word: 'a', start: -3, end: 0.2 }, w('b', 1.9, 2.6), w('c', 5, 4)]
    for (const { start, end } of read({ text: 'a b c', words: given }, 2).words) {
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeGreaterThanOrEqual(start)
      expect(end).toBeLessThanOrEqual(2)
    }
  })
})

describe('a server without times of words', () => {
  it('has them spread over its segments by their letters, marked as such', () => {
    const segments = [
      { start: 0, end: 3, text: ' aa b' },
      { start: 5, end: 6, text: 'c ' },
    ]
    const { words, text } = read({ segments, words: null }, 6, false)
    expect(text).toBe('aa b c')
    expect(plain(words)).toEqual([
      ['aa', 0, 2],
      ['b', 2, 3],
      ['c', 5, 6],
    ])
    expect(words.every(({ timing }) => timing === 'interpolated')).toBe(true)
  })

  it('has them spread over the audio when it says nothing but the text', () => {
    for (const answer of [{ text: 'aa b' }, 'aa b']) {
      const { words, segments } = read(answer, 3, false)
      expect(plain(words)).toEqual([
        ['aa', 0, 2],
        ['b', 2, 3],
      ])
      expect(segments).toHaveLength(1)
    }
  })

  it('gets no times where nothing at all tells the length', () => {
    const found = read({ text: 'aa b' }, undefined, false)
    expect(found).toMatchObject({ text: 'aa b', words: [], segments: [], length: null })
  })
})

describe('pieces of words', () => {
  const pieces = ['Tr', 'ans', 'cribe', 'th', 'is', ',', 'pl', 'ease', '.']
  const given = pieces.map((word, at) => ({ ...w(word, at, at + 1), confidence: 1 - at / 10 }))
  const text = 'Transcribe this, please.'
  const whole = [
    ['Transcribe', 0, 3],
    ['this,', 3, 6],
    ['please.', 6, 9],
  ]

  it.each([
    ['as declared', given, 'subword'],
    ['though nothing declares them', given, true],
    [
      'by their marks',
      given.map((e, at) => ({ ...e, word: [0, 3, 6].includes(at) ? `▁${e.word}` : e.word })),
      true,
    ],
  ] as const)('are words again %s', (_, words, declared) => {
    expect(plain(read({ text, words }, 9, declared).words)).toEqual(whole)
  })

  it('make a word as sure as the least sure of them', () => {
    const [first] = read({ text, words: given }, 9).words
    expect(first?.confidence).toBeCloseTo(0.8)
  })

  it('leave a word that cannot be spelled with an estimated time, and go on after it', () => {
    const words = [w('Hel', 0, 1), w('lo', 1, 2), w('<unk>', 2, 3), w('end', 3, 4)]
    const found = read({ text: 'Hello naïve end', words }, 4, 'subword').words
    expect(plain(found)).toEqual([
      ['Hello', 0, 2],
      ['naïve', 2, 3],
      ['end', 3, 4],
    ])
    expect(found[1]?.timing).toBe('interpolated')
  })
})

it('takes the length from the audio, never from a server that guesses, while there is one', () => {
  expect(read({ text: 'a', duration: 0.4 }, 12).length).toEqual({ seconds: 12, source: 'audio' })
  expect(read({ text: 'a', duration: 4 }).length).toEqual({ seconds: 4, source: 'server' })
  expect(read({ text: 'a', duration: 0 }).length).toBeNull()
})

it('keeps the segments of a server with its figures, in order of time', () => {
  const segments = [
    { id: 1, start: 3, end: 4, text: ' Two.', avg_logprob: -0.2 },
    { id: 0, start: 1, end: 2, text: 'One. ' },
    { id: 2, start: 5, end: 6, text: ' ' },
  ]
  expect(read({ text: 'One. Two.', segments, language: 'en' })).toMatchObject({
    language: 'en',
    segments: [
      { start: 1, end: 2, text: 'One.' },
      { start: 3, end: 4, text: 'Two.', figures: { avg_logprob: -0.2 } },
    ],
  })
})

it('cuts segments at sentences and pauses where the server gives none', () => {
  const words = [w('One', 0, 0.4), w('two.', 0.4, 1), w('Three', 1, 2), w('four', 4, 5)]
  expect(read({ text: 'One two. Three four', words }).segments).toEqual([
    { start: 0, end: 1, text: 'One two.' },
    { start: 1, end: 2, text: 'Three' },
    { start: 4, end: 5, text: 'four' },
  ])
})

it.each([
  [
    'on words, as Riva numbers them',
    {
      text: 'a b',
      words: [
        { word: 'a', start_time: 0, end_time: 900, speaker_tag: 2 },
        { word: 'b', start_time: 900, end_time: 1900, speaker_tag: 0 },
      ],
    },
    [{ start: 0, end: 0.9, speaker: 'speaker_2' }],
  ],
  [
    'on segments',
    {
      text: 'a b',
      segments: [
        { start: 0, end: 1, text: 'a', speaker: 'speaker_SPEAKER_00' },
        { start: 1, end: 2, text: 'b', speaker: 'unknown' },
      ],
    },
    [{ start: 0, end: 1, speaker: 'speaker_SPEAKER_00' }],
  ],
])('finds who spoke %s', (_, answer, turns) => {
  expect(read(answer, 2).turns).toEqual(turns)
})

it('reads whatever else comes as nothing said', () => {
  for (const answer of [
    null,
    7,
    [],
    {},
    { text: 5 },
    { words: 'x', segments: 'y', timestamps: [] },
  ])
    expect(read(answer, 3)).toMatchObject({ text: '', words: [], segments: [] })
})
