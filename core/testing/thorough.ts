/**
 * Whether everything runs, as where CI does. Else `npm test` leaves out what other tests come close
 * to, so that it takes less than three minutes on two cores.
 */
export const isThorough = process.env.CI === 'true'

/** How often a long test repeats itself: so many times where CI runs, else fewer. */
export const thorough = (all: number, some: number): number => (isThorough ? all : some)

/** Rows of a table of like cases: each where CI runs, else `count` of them, spread over the table. */
export const spread = <T>(all: readonly T[], count: number): T[] => {
  const wanted = Math.min(all.length, thorough(all.length, count))
  return all.filter(
    (_, n) => Math.floor((n * wanted) / all.length) !== Math.floor(((n - 1) * wanted) / all.length),
  )
}
