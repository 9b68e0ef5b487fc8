/** Where servers put their list of turns. */
const KEYS = [
  'turns',
  'segments',
  'diarization',
  'speaker_segments',
  'utterances',
  'content',
  'results',
  'output',
  'data',
]

const DEEPEST = 3

/** The list of turns in an answer, at most three wraps deep; undefined if there is none. */
export function rowsOf(answer: unknown, depth = 0): readonly unknown[] | undefined {
  if (Array.isArray(answer)) {
    // NeMo answers one list a file
    const [only] = answer
    const isNested = answer.length === 1 && Array.isArray(only) && !isRow(only)
    return isNested && depth < DEEPEST ? rowsOf(only, depth + 1) : answer
  }
  if (typeof answer !== 'object' || answer === null || depth >= DEEPEST) return undefined
  for (const key of KEYS) {
    if (!Object.hasOwn(answer, key)) continue
    const rows = rowsOf((answer as Record<string, unknown>)[key], depth + 1)
    if (rows) return rows
  }
  return undefined
}

/** `[0.5, 3.1, "SPEAKER_00"]` is a turn, not a list of turns. */
const isRow = (list: readonly unknown[]): boolean =>
  list.length === 3 && typeof list[0] === 'number' && typeof list[1] === 'number'
