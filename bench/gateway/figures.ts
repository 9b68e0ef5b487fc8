/** The value below which a share (0–1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The middle value. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const least = (values: readonly number[]): number => Math.min(...values)

export const best = (values: readonly number[]): number => Math.max(...values)

/** Distance between the quartiles in percent of the median. */
export const spread = (values: readonly number[]): number =>
  ((quantile(values, 0.75) - quantile(values, 0.25)) / median(values)) * 100

/** Prints rows under a head, columns aligned. */
export function printTable(head: string[], rows: (string | number)[][]): void {
  const cells = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  for (const row of cells) {
    console.log(
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
  }
}
