import { printTable } from '../gateway/figures.ts'

/** One line of the table: what was measured, what it may be, whether it is. */
export interface Limit {
  what: string
  figure: string
  limit: string
  isMet: boolean
}

export const atLeast = (what: string, figure: number, limit: number): Limit => ({
  what,
  figure: round(figure),
  limit: `≥ ${limit}`,
  isMet: figure >= limit,
})

export const atMost = (what: string, figure: number, limit: number): Limit => ({
  what,
  figure: round(figure),
  limit: `≤ ${limit}`,
  isMet: figure <= limit,
})

/** A figure without a limit. */
export const only = (what: string, figure: number): Limit => ({
  ...{ what, figure: round(figure), limit: '', isMet: true },
})

export function printLimits(limits: readonly Limit[]): void {
  printTable(
    ['redaction', 'figure', 'limit', ''],
    limits.map(({ what, figure, limit, isMet }) => [
      what,
      figure,
      limit,
      isMet ? limit && 'met' : 'MISSED',
    ]),
  )
}

const round = (figure: number): string => String(Math.round(figure * 10_000) / 10_000)
