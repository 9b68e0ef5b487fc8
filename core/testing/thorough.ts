/**
 * How much of a long test runs: all of it where CI runs, else less, so that `npm test` takes less
 * than three minutes on two cores. Every path is taken either way, only less often.
 */
export const thorough = (all: number, some: number): number =>
  process.env.CI === 'true' ? all : some
