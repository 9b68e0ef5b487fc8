import type { EntityType } from '../../entity-types.ts'
import { type Candidate, WEIGHT } from '../finding.ts'
import type { Reading } from './reading.ts'

/**
 * One rule reads a folded text and says what it found. Its time grows with the text and not faster: every
 * quantifier is bounded, so that no start costs more than a fixed number of steps.
 */
export interface Rule {
  name: string
  find(reading: Reading, context: RuleContext): Candidate[]
}

export interface RuleContext {
  /** Upper case; empty means every country. */
  regions: ReadonlySet<string>
}

export const found = (
  start: number,
  end: number,
  type: EntityType,
  weight: number = WEIGHT.exact,
): Candidate => ({ start, end, type, layer: 'rule', weight })

/** Every match of a global pattern; `judge` may move its ends, change its label or say no. */
export function every(
  pattern: RegExp,
  text: string,
  judge: (match: RegExpExecArray) => Candidate | null,
): Candidate[] {
  const candidates: Candidate[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0] === '') pattern.lastIndex++
    const candidate = judge(match)
    if (candidate) candidates.push(candidate)
  }
  return candidates
}

/** The last `length` characters before a place, in lower case: where context words stand. */
export const before = (text: string, start: number, length = 48): string =>
  text.slice(Math.max(0, start - length), start).toLowerCase()

export const isRegion = ({ regions }: RuleContext, ...codes: string[]): boolean =>
  regions.size === 0 || codes.some((code) => regions.has(code))
