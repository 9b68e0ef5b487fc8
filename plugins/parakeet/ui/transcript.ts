import type { SpokenWord } from '#ui'

/** What one speaker said in one go; seconds from the beginning. */
export interface SaidTurn {
  /** Undefined where nobody told speakers apart. */
  speaker: string | undefined
  /** Number of the speaker in the order they begin; gives the colour. */
  tone: number
  start: number
  end: number
  text: string
  words: SpokenWord[]
  /** Somebody else speaks at the same time. */
  isOverlapping: boolean
}

/** A transcript as the page shows it, whichever form the answer has. */
export interface Said {
  turns: SaidTurn[]
  seconds: number
  warnings: string[]
  /** The answer as it came, for the export as JSON. */
  answer: unknown
}

interface Segment {
  start?: number
  end?: number
  text?: string
  speaker?: string
  overlap?: boolean
  words?: SpokenWord[] | null
}

interface Answer {
  text?: string
  duration?: number
  usage?: { seconds?: number }
  segments?: Segment[] | null
  words?: SpokenWord[] | null
  warnings?: string[]
}

/** Reads `diarized_json` and `verbose_json`; without segments all of it is one turn. */
export function readAnswer(answer: unknown): Said {
  const { text = '', usage, segments, words, warnings = [], ...rest } = (answer ?? {}) as Answer
  const duration = rest.duration ?? usage?.seconds ?? 0
  const given = segments?.length ? segments : text.trim() ? [{ start: 0, end: duration, text }] : []
  const speakers: string[] = []
  const left = [...(words ?? [])]
  const turns = given.map((segment): SaidTurn => {
    const { start = 0, end = start, speaker, overlap = false } = segment
    if (speaker !== undefined && !speakers.includes(speaker)) speakers.push(speaker)
    const own = segment.words ?? takeUntil(left, end)
    const said = (segment.text ?? '').trim()
    return {
      speaker: speaker === undefined ? undefined : nameOf(speaker),
      tone: speaker === undefined ? 0 : speakers.indexOf(speaker),
      ...{ start, end, text: said, isOverlapping: overlap },
      words: own.length > 0 ? own : spread(said, start, end),
    }
  })
  return { turns, seconds: duration || (turns.at(-1)?.end ?? 0), warnings, answer }
}

/** `Speaker A`; names somebody gave stay as they are. */
const nameOf = (speaker: string): string =>
  speaker === 'unknown' ? 'Not known who' : speaker.length <= 2 ? `Speaker ${speaker}` : speaker

/** The words that begin before a moment, taken from the list. */
function takeUntil(words: SpokenWord[], end: number): SpokenWord[] {
  const next = words.findIndex(({ start, end: own }) => (start + own) / 2 >= end)
  return words.splice(0, next < 0 ? words.length : next)
}

/** Words without times of their own: each has its share of the segment by its letters. */
function spread(text: string, start: number, end: number): SpokenWord[] {
  const words = text.split(/\s+/).filter(Boolean)
  const letters = words.join('').length || 1
  let at = start
  return words.map((word) => {
    const from = at
    at += ((end - start) * word.length) / letters
    return { word, start: from, end: at }
  })
}
