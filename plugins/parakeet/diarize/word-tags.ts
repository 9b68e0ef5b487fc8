import type { Turn } from '../turns.ts'

/** Words of one speaker that are no farther apart make one turn. */
const SAME_TURN_S = 1

type Fields = Record<string, unknown>

/**
 * Turns of an answer that tags each word with its speaker (NVIDIA Riva's WordInfo: `speaker_tag` 1…N,
 * times in ms; in JSON of protobuf in camel case). Undefined if no word has a tag.
 */
export function readTaggedWords(
  answer: unknown,
  refuse: (what: string) => never,
): Turn[] | undefined {
  const words = wordsOf(answer)?.filter(isTagged)
  if (!words || words.length === 0) return undefined
  const turns = words.map((word, index) => {
    const start = readTime(word.start_time ?? word.startTime ?? word.start)
    const end = readTime(word.end_time ?? word.endTime ?? word.end)
    if (start === undefined || end === undefined) {
      return refuse(`word ${index + 1} has a speaker_tag, but no times`)
    }
    return { start, end, speaker: `speaker_${word.speaker_tag ?? word.speakerTag}` }
  })
  return joinTurns(turns.sort((a, b) => a.start - b.start))
}

/** `words`, or those of the best alternative of each result. */
function wordsOf(answer: unknown): Fields[] | undefined {
  if (Array.isArray(answer)) return answer.every(isFields) ? answer : undefined
  if (!isFields(answer)) return undefined
  if (Array.isArray(answer.words)) return answer.words.filter(isFields)
  if (!Array.isArray(answer.results)) return undefined
  return answer.results.filter(isFields).flatMap(({ alternatives }) => {
    const best: unknown = Array.isArray(alternatives) ? alternatives[0] : undefined
    return isFields(best) && Array.isArray(best.words) ? best.words.filter(isFields) : []
  })
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Riva says 0 where it does not know. */
const isTagged = ({ speaker_tag, speakerTag }: Fields): boolean =>
  Number.isInteger(speaker_tag ?? speakerTag) && Number(speaker_tag ?? speakerTag) > 0

/** Seconds of Riva's whole milliseconds, or of `"1.400s"`, as Google writes durations. */
function readTime(value: unknown): number | undefined {
  if (typeof value === 'string') {
    return /^\d+(\.\d+)?s$/.test(value) ? Number.parseFloat(value) : undefined
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return value / 1000
}

/** Turns in order of time; those of one speaker that follow each other closely as one. */
function joinTurns(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    if (last?.speaker === turn.speaker && turn.start - last.end <= SAME_TURN_S) {
      last.end = Math.max(last.end, turn.end)
    } else joined.push({ ...turn })
  }
  return joined
}
