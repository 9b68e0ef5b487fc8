/**
 * How much of a long test runs: all of it where CI runs, else less, so that `npm test` takes less
 * than three minutes on two cores. Every path is taken either way, only less often.
 */
export const thorough = (all: number, some: number): number =>
  process.env.CI === 'true' ? all : some

/** Rows of a table of like cases: each where CI runs, else `count` of them, spread over the table. */
export const spread = <T>(all: readonly T[], count: number): T[] => {
  const wanted = Math.min(all.length, thorough(all.length, count))
  return all.filter(
    (_, n) => Math.floor((n * wanted) / all.length) !== Math.floor(((n - 1) * wanted) / all.length),
  )
}
