/** How a server did with so many requests at a time. */
export interface Level {
  concurrency: number
  /** Requests answered a second. */
  perSecond: number
  /** How long one took, the middle one of all, in seconds. */
  medianS: number
}

/** The numbers of requests at a time that are tried, up to `most`. */
export const levelsUpTo = (most: number): number[] => {
  const steps = STEPS.filter((step) => step < most)
  return [...steps, most]
}

const STEPS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192]

/**
 * The level from which on more at a time makes callers wait for longer than it gets done: the one
 * with the highest power, throughput over response time (Kleinrock, Power and deterministic rules of
 * thumb for probabilistic problems in computer communications, ICC 1979). Of levels as good as each
 * other within the noise of a measurement the lowest.
 */
export function findKnee(levels: readonly Level[]): Level | undefined {
  const best = Math.max(...levels.map(powerOf))
  return levels.find((level) => powerOf(level) >= best * AS_GOOD)
}

/** Whether the knee is behind: two levels in a row were clearly worse than the best, and falling. */
export function isPast(levels: readonly Level[]): boolean {
  const knee = findKnee(levels)
  if (!knee) return false
  const [before, last] = levels
    .slice(levels.indexOf(knee) + 1)
    .slice(-2)
    .map(powerOf)
  if (before === undefined || last === undefined) return false
  return last < before && before < powerOf(knee) * WORSE
}

const powerOf = ({ perSecond, medianS }: Level): number => perSecond / medianS
const AS_GOOD = 0.97
const WORSE = 0.9
