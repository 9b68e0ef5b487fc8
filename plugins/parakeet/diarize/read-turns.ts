import { speechError } from '../errors.ts'
import type { Turn } from '../turns.ts'
import { parseRttm } from './rttm.ts'
import { rowsOf } from './turn-rows.ts'
import { readTaggedWords } from './word-tags.ts'

/** Beyond these an answer is taken for a mistake. */
export const MOST_TURNS = 50_000
export const MOST_SPEAKERS = 100

/** Diarizers pad turns, and the first one then begins before the audio does. */
const PADDING_S = 1

/**
 * Turns in order of time from whatever a diarizer answers: RTTM; rows of `{ start, end, speaker }` under
 * any common key; NeMo's `"start end speaker_k"`; words with Riva's `speaker_tag`. Turns without any
 * length are left out. Throws TURNS_UNREADABLE with the turn and what is wrong.
 */
export function readTurns(answer: unknown): Turn[] {
  const turns = parse(typeof answer === 'string' ? fromText(answer) : answer)
  bound(turns.length)
  const checked = turns.map(check).filter(({ start, end }) => end > start)
  const speakers = new Set(checked.map(({ speaker }) => speaker)).size
  if (speakers > MOST_SPEAKERS) {
    refuse(`they are of ${speakers} speakers, more than ${MOST_SPEAKERS}`)
  }
  return checked.sort((a, b) => a.start - b.start || a.end - b.end)
}

/** JSON where it is JSON; else lines. */
function fromText(text: string): unknown {
  const trimmed = text.trim()
  if (!/^[[{"]/.test(trimmed)) return trimmed
  try {
    return JSON.parse(trimmed)
  } catch (cause) {
    throw speechError('TURNS_UNREADABLE', 'The turns begin like JSON, but are none.', { cause })
  }
}

function parse(answer: unknown): Turn[] {
  if (typeof answer === 'string') {
    if (/^SPEAKER\s/m.test(answer)) return parseRttm(answer, refuse)
    return parse(answer.split(/\r?\n/).filter((line) => line.trim() !== '' && !/^;;/.test(line)))
  }
  const tagged = readTaggedWords(answer, refuse)
  if (tagged) return tagged
  const rows = rowsOf(answer)
  if (!rows) return refuse('they are neither RTTM nor a list of turns')
  bound(rows.length)
  return rows.map(readRow)
}

function bound(count: number): void {
  if (count > MOST_TURNS) refuse(`there are ${count}, more than ${MOST_TURNS}`)
}

function readRow(row: unknown, index: number): Turn {
  const at = `turn ${index + 1}`
  if (typeof row === 'string') {
    // NeMo's diarize(): "0.500 3.120 speaker_0"
    const [, start, end, speaker] =
      /^([\d.eE+-]+)[\s,]+([\d.eE+-]+)[\s,]+([^\s,].*)$/.exec(row.trim()) ?? []
    if (speaker === undefined) return refuse(`${at} is not "start end speaker"`)
    return { start: Number(start), end: Number(end), speaker }
  }
  if (Array.isArray(row)) return { start: row[0], end: row[1], speaker: nameOf(row[2], at) }
  if (typeof row !== 'object' || row === null) return refuse(`${at} is not a turn`)
  const { segment, ...own } = row as Record<string, unknown>
  // pyannote's Annotation.for_json(): { segment: { start, end }, label }
  const turn = { ...own, ...(typeof segment === 'object' && segment !== null && segment) }
  const given = turn as Record<string, unknown>
  const start = given.start ?? given.start_time ?? given.begin
  const length = given.duration ?? given.dur
  const end = given.end ?? given.end_time ?? given.stop
  const until = end ?? (typeof length === 'number' ? Number(start) + length : undefined)
  return {
    start: start as number,
    end: until as number,
    speaker: nameOf(given.speaker ?? given.label ?? given.speaker_label ?? given.speaker_id, at),
  }
}

function nameOf(given: unknown, at: string): string {
  if (Number.isInteger(given)) return `speaker_${given}`
  if (typeof given === 'string' && given.trim() !== '' && given.length <= 200) return given.trim()
  return refuse(`${at} has no speaker`)
}

function check({ start, end, speaker }: Turn, index: number): Turn {
  const at = `turn ${index + 1}`
  if (typeof start !== 'number' || !Number.isFinite(start)) return refuse(`${at} has no start`)
  if (typeof end !== 'number' || !Number.isFinite(end)) return refuse(`${at} has no end`)
  if (end < start) return refuse(`${at} ends at ${end} s, before it starts at ${start} s`)
  if (start < -PADDING_S) return refuse(`${at} starts at ${start} s, before the audio does`)
  return { start: Math.max(0, start), end: Math.max(0, end), speaker }
}

function refuse(what: string): never {
  throw speechError('TURNS_UNREADABLE', `The turns cannot be read: ${what}.`, {
    hint: 'Send RTTM, or a list of { start, end, speaker } with seconds.',
  })
}
