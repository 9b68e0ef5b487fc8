import { fieldsOf, numberOf, type RawWord, rawWords, speakerOf, textOf } from './raw-word.ts'

/** A segment as some server wrote it, times in its own unit. */
export interface RawSegment {
  start?: number
  end?: number
  text: string
  speaker?: string
  figures: Record<string, unknown>
}

/** What an answer says, wherever it says it. */
export interface Parts {
  text: string | undefined
  language: string | undefined
  lengthS: number | undefined
  words: RawWord[]
  segments: RawSegment[]
}

/** OpenAI's figures of a segment, handed on where a server gives them. */
const FIGURES = [
  'seek',
  'tokens',
  'temperature',
  'avg_logprob',
  'compression_ratio',
  'no_speech_prob',
]

/**
 * Finds text, words and segments in any of the answers there are: `words`, `segments[].words`, NeMo's
 * `timestamps.word` and `timestamps.segment`, `{ text }` alone, or plain text.
 */
export function findParts(answer: unknown): Parts {
  const fields = fieldsOf(answer)
  if (!fields) {
    const text = typeof answer === 'string' ? answer : undefined
    return { text, language: undefined, lengthS: undefined, words: [], segments: [] }
  }
  const nemo = fieldsOf(fields.timestamps) ?? fieldsOf(fields.timestamp) ?? {}
  const listed = Array.isArray(fields.segments) ? fields.segments : nemo.segment
  const segments = rawSegments(listed)
  const places = [
    rawWords(fields.words),
    Array.isArray(fields.segments)
      ? fields.segments.flatMap((segment) => rawWords(fieldsOf(segment)?.words))
      : [],
    rawWords(nemo.word),
  ]
  return {
    text: textOf(fields, 'text', 'transcript', 'transcription'),
    language: textOf(fields, 'language'),
    lengthS: numberOf(fields, 'duration'),
    words: places.find((words) => words.length > 0) ?? [],
    segments,
  }
}

function rawSegments(list: unknown): RawSegment[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) => {
    const fields = fieldsOf(entry)
    const text = fields && textOf(fields, 'text', 'segment')
    if (!fields || text === undefined) return []
    const start = numberOf(fields, 'start', 'start_time')
    const end = numberOf(fields, 'end', 'end_time')
    const speaker = speakerOf(fields)
    const figures = FIGURES.flatMap((name) => (name in fields ? [[name, fields[name]]] : []))
    return [
      {
        text: text.trim(),
        ...(start !== undefined && start >= 0 && { start }),
        ...(end !== undefined && end >= 0 && { end }),
        ...(speaker !== undefined && { speaker }),
        figures: Object.fromEntries(figures),
      },
    ]
  })
}
