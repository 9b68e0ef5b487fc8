import type { HeardChannel } from './find-bleed.ts'
import { SILENCE_DB } from './levels.ts'
import { plainWord } from './similar.ts'

/** So much of both channels has to be the same. */
const SHARE = 0.9

/** Levels that differ by the same amount all along are one recording at two volumes. */
const TOLERANCE_DB = 1

/** Quieter steps are noise, which differs anyway. */
const BELOW_LOUDEST_DB = 40

/** Fewer words may be alike by chance. */
const FEWEST_WORDS = 5

/** The same word of the same recording, heard twice, begins this near. */
const SAME_TIME_S = 0.1

/**
 * Whether two channels hold one and the same recording, as when mono was saved as stereo: by their
 * levels where both are known, else by their words.
 */
export function areSameAudio(a: HeardChannel, b: HeardChannel): boolean {
  if (a.levels && b.levels && a.levels.step_s === b.levels.step_s) {
    return areSameLevels(a.levels.dbfs, b.levels.dbfs)
  }
  return haveSameWords(a, b)
}

function areSameLevels(a: readonly number[], b: readonly number[]): boolean {
  const count = Math.min(a.length, b.length)
  if (Math.abs(a.length - b.length) > (1 - SHARE) * Math.max(a.length, b.length)) return false
  const loudest = [a, b].map((levels) =>
    levels.reduce((most, db) => Math.max(most, db), SILENCE_DB),
  )
  const differences: number[] = []
  for (let index = 0; index < count; index++) {
    const [own, other] = [a[index] as number, b[index] as number]
    const isHeard =
      own > (loudest[0] as number) - BELOW_LOUDEST_DB ||
      other > (loudest[1] as number) - BELOW_LOUDEST_DB
    if (isHeard && Math.max(own, other) > SILENCE_DB) differences.push(own - other)
  }
  if (differences.length === 0) return false
  const middle = [...differences].sort((x, y) => x - y)[differences.length >> 1] as number
  const alike = differences.filter((each) => Math.abs(each - middle) <= TOLERANCE_DB).length
  return alike >= SHARE * differences.length
}

function haveSameWords(a: HeardChannel, b: HeardChannel): boolean {
  const fewest = Math.min(a.words.length, b.words.length)
  const most = Math.max(a.words.length, b.words.length)
  if (fewest < FEWEST_WORDS || fewest < SHARE * most) return false
  let next = 0
  let alike = 0
  for (const word of a.words) {
    while (next < b.words.length && (b.words[next]?.start ?? 0) < word.start - SAME_TIME_S) next++
    const other = b.words[next]
    if (!other || other.start > word.start + SAME_TIME_S) continue
    if (plainWord(other.word) !== plainWord(word.word)) continue
    alike += 1
    next += 1
  }
  return alike >= SHARE * most
}
