import { AFTERMATH, CAUSES, EXCEPTIONS, type FailureLine } from './failure-lines.ts'
import { readLogLine } from './log-line.ts'

export interface Failure {
  kind: string
  /** What went wrong, in plain words with the figures of the line. */
  message: string
  /** What an expert would do. */
  hint: string
  /** The line it was read from. */
  line: string
}

/** Levels at which nothing has failed: an engine's own settings are printed there. */
const CALM = new Set(['DEBUG', 'INFO', 'WARNING'])

/** The first line that names a cause; failing that, the first that says something failed. */
export function findFailure(lines: readonly string[]): Failure | undefined {
  const texts = lines
    .map(readLogLine)
    .filter(({ level }) => level === null || !CALM.has(level))
    .map(({ text }) => text.trim())
  return firstOf(texts, CAUSES) ?? firstOf(texts, EXCEPTIONS) ?? firstOf(texts, AFTERMATH)
}

function firstOf(texts: readonly string[], table: readonly FailureLine[]): Failure | undefined {
  for (const line of texts) {
    for (const { kind, pattern, message, hint } of table) {
      const match = pattern.exec(line)
      if (!match) continue
      const way = typeof hint === 'string' ? hint : hint(match)
      return { kind, line, message: message(match), hint: way }
    }
  }
  return undefined
}
