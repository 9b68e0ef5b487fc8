/** nDCG@10 of each question, by one way to search. */
export type Scores = readonly number[]

export interface Verdict {
  /** The names of the ways: hybrid as it was chosen, and either side alone. */
  chosen: string
  /** Means on the half that nothing was chosen by. */
  judged: Record<string, number>
  isBetter: boolean
  /** How sure it is, for each side: the share of resamples in which hybrid is better. */
  sure: Record<string, number>
}

/** Which half: every second question chooses, the others judge. */
export const half = (scores: Scores, which: 'choose' | 'judge'): number[] =>
  scores.filter((_, n) => n % 2 === (which === 'choose' ? 0 : 1))

export const mean = (values: Scores): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/**
 * Chooses the hybrid that is best on one half and judges it by the other, against each side alone
 * (`alone`: the names of those ways).
 */
export function judge(ways: ReadonlyMap<string, Scores>, alone: readonly string[]): Verdict {
  const hybrids = [...ways].filter(([name]) => !alone.includes(name))
  const [chosen, scores] = hybrids.reduce((a, b) =>
    mean(half(b[1], 'choose')) > mean(half(a[1], 'choose')) ? b : a,
  )
  const of = (name: string) => half(ways.get(name) ?? [], 'judge')
  const judged = Object.fromEntries([chosen, ...alone].map((name) => [name, mean(of(name))]))
  return {
    ...{ chosen, judged },
    isBetter: alone.every((name) => (judged[name] ?? 0) < (judged[chosen] ?? 0)),
    sure: Object.fromEntries(
      alone.map((name) => [name, sureness(half(scores, 'judge'), of(name))]),
    ),
  }
}

const RESAMPLES = 10_000

/** Paired bootstrap (Efron 1979): the share of resamples of the questions in which `a` is ahead of `b`. */
export function sureness(a: Scores, b: Scores): number {
  const gaps = a.map((value, n) => value - (b[n] ?? 0))
  let seed = 1
  let ahead = 0
  for (let n = 0; n < RESAMPLES; n++) {
    let sum = 0
    for (let k = 0; k < gaps.length; k++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      sum += gaps[Math.floor((seed / 2 ** 32) * gaps.length)] ?? 0
    }
    if (sum > 0) ahead++
  }
  return ahead / RESAMPLES
}
