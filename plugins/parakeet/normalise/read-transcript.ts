import type { Length, Segment, Transcript } from '../transcript.ts'
import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { cutSegments } from './cut-segments.ts'
import { findParts, type Parts, type RawSegment } from './find-parts.ts'
import { joinSeams } from './join-seams.ts'
import type { RawWord } from './raw-word.ts'
import { looksLikePieces, rejoinPieces } from './rejoin-pieces.ts'
import { spread } from './spread.ts'
import { unitsPerSecond } from './time-unit.ts'
import { timeWords } from './time-words.ts'

/** What is known beside the answer. */
export interface Known {
  /** Length of the decoded audio in seconds, if it could be told. */
  audioS?: number
  /** What the topology says of the server's words. */
  words: boolean | 'subword'
}

/**
 * Reads the answer of any speech server there is. Words end up in order, once each, in seconds; where
 * the server gave no times they are spread over their segment and say so.
 */
export function readTranscript(answer: unknown, { audioS, words: declared }: Known): Transcript {
  const parts = findParts(answer)
  const text = textFrom(parts)
  const isPieces = declared === 'subword' || looksLikePieces(parts.words, text)
  const raw = isPieces && text !== '' ? rejoinPieces(parts.words, text) : parts.words
  // a segment may last an hour, so it tells its unit only beside the audio
  const timed = audioS === undefined ? raw : [...raw, ...parts.segments]
  const units = unitsPerSecond(timed, audioS)
  const length = lengthOf(audioS, parts.lengthS)
  const segments = parts.segments.flatMap((segment) => secondsOf(segment, units, audioS))
  const hasTimes = raw.some(({ start }) => start !== undefined)
  const words = hasTimes
    ? joinSeams(timeWords(raw, units, audioS))
    : spreadWords(text, segments, length)
  return {
    text,
    ...(parts.language !== undefined && { language: parts.language }),
    words,
    segments: segments.length > 0 ? segments.sort((a, b) => a.start - b.start) : cutSegments(words),
    length,
    turns: turnsOf(parts, raw, units),
  }
}

function textFrom({ text, segments, words }: Parts): string {
  if (text !== undefined) return text.trim()
  if (segments.length > 0) return segments.map((segment) => segment.text).join(' ')
  return words.map(({ word }) => word.trim()).join(' ')
}

/** The audio itself counts; a server that guesses from bytes or words is the last resort. */
function lengthOf(audioS: number | undefined, saidS: number | undefined): Length | null {
  if (audioS !== undefined) return { seconds: audioS, source: 'audio' }
  return saidS !== undefined && saidS > 0 ? { seconds: saidS, source: 'server' } : null
}

function secondsOf(
  { start = 0, end, text, figures }: RawSegment,
  units: number,
  audioS: number | undefined,
): Segment[] {
  if (text === '') return []
  const limit = audioS ?? Number.POSITIVE_INFINITY
  const from = Math.min(start / units, limit)
  const to = Math.min((end ?? start) / units, limit)
  return [{ start: from, end: Math.max(from, to), text, ...someFigures(figures) }]
}

const someFigures = (figures: Record<string, unknown>) =>
  Object.keys(figures).length > 0 ? { figures } : {}

/** Without a length of any kind there are no times at all, and none are made up. */
function spreadWords(text: string, segments: readonly Segment[], length: Length | null): Word[] {
  if (segments.some(({ start, end }) => end > start))
    return segments
      .flatMap((segment) => spread(segment.text, segment.start, segment.end))
      .sort((a, b) => a.start - b.start)
  return length ? spread(text, 0, length.seconds) : []
}

/** Labels of speakers on words, else on segments. */
function turnsOf({ segments }: Parts, words: readonly RawWord[], units: number): Turn[] {
  const labelled = words.some(({ speaker }) => speaker !== undefined) ? words : segments
  return labelled.flatMap(({ start, end, speaker }) =>
    speaker !== undefined && start !== undefined && end !== undefined && end > start
      ? [{ start: start / units, end: end / units, speaker }]
      : [],
  )
}
