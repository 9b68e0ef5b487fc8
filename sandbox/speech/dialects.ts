import { sentencesOf, type TalkWord, textOf } from './talk.ts'

/** The servers there are, by what they do differently. */
export type DialectName = 'openai' | 'pieces' | 'nemo' | 'plain' | 'speakers'

/** How one server answers what it heard. */
export interface Dialect {
  /** Where its health is. */
  health: string
  /** `{ error: { message } }` or `{ detail }`. */
  errors: 'openai' | 'detail'
  /** The body of a `verbose_json` or `json` answer. */
  answer(words: readonly TalkWord[], seconds: number, asked: Asked): object
}

export interface Asked {
  isVerbose: boolean
  wantsWords: boolean
}

const timed = ({ word, start, end }: TalkWord) => ({ word, start, end })

const segmentsOf = (words: readonly TalkWord[]) =>
  sentencesOf(words).map((own, id) => ({
    id,
    start: own[0]?.start ?? 0,
    end: own.at(-1)?.end ?? 0,
    text: ` ${textOf(own)}`,
    own,
  }))

const strip = ({ own: _, ...segment }: ReturnType<typeof segmentsOf>[number]) => segment

/** SentencePiece-like pieces of three letters, without a mark of where a word begins. */
const piecesOf = (words: readonly TalkWord[]) =>
  words.flatMap(({ word, start, end }) => {
    const pieces = word.match(/.{1,3}/g) ?? []
    const each = (end - start) / pieces.length
    return pieces.map((piece, at) => ({
      word: piece,
      start: start + at * each,
      end: start + (at + 1) * each,
    }))
  })

/** After public servers: OpenAI's own words, and four that stand in for what they do. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  openai: {
    health: '/health',
    errors: 'openai',
    answer: (words, seconds, { isVerbose, wantsWords }) =>
      isVerbose
        ? {
            ...{ task: 'transcribe', language: 'en', duration: seconds, text: textOf(words) },
            segments: segmentsOf(words).map(strip),
            ...(wantsWords && { words: words.map(timed) }),
          }
        : { text: textOf(words) },
  },
  pieces: {
    health: '/healthz',
    errors: 'detail',
    answer: (words, seconds, { isVerbose, wantsWords }) => ({
      text: textOf(words),
      ...(isVerbose && {
        ...{ duration: seconds, segments: segmentsOf(words).map(strip) },
        words: wantsWords ? piecesOf(words) : null,
      }),
    }),
  },
  nemo: {
    health: '/healthz',
    errors: 'detail',
    answer: (words) => ({
      text: textOf(words),
      timestamps: {
        word: words.map((word) => ({ ...timed(word), start_offset: 0, end_offset: 1 })),
        segment: segmentsOf(words).map(({ text, start, end }) => ({ segment: text, start, end })),
        char: [],
      },
    }),
  },
  plain: {
    health: '/health',
    errors: 'openai',
    // its length is guessed from the bytes of the upload, and wrong
    answer: (words, seconds, { isVerbose }) => ({
      text: textOf(words),
      ...(isVerbose && {
        duration: seconds * 3,
        segments: [{ id: 0, start: 0, end: seconds, text: textOf(words) }],
      }),
    }),
  },
  speakers: {
    health: '/health',
    errors: 'detail',
    answer: (words) => ({
      text: textOf(words),
      duration: words.length / 150,
      segments: segmentsOf(words).map(({ own, ...segment }) => ({
        ...segment,
        words: own.map(timed),
        speaker: `speaker_SPEAKER_0${own[0]?.speaker ?? 0}`,
      })),
    }),
  },
}
