import { type Candidate, WEIGHT } from '../finding.ts'
import type { Anchored } from './anchors.ts'
import { NATIONAL_IDS, type NationalId } from './id-table.ts'
import { before, found, isRegion, type RuleContext } from './rule.ts'

interface Compiled {
  id: NationalId
  pattern: RegExp
}

const COMPILED: readonly Compiled[] = NATIONAL_IDS.map((id) => ({
  id,
  pattern: new RegExp(`${id.shape}(?![\\p{L}\\d])`, 'yiu'),
}))

/** Ids of the wished regions; a checksum or the words before decide whether the label is believed. */
export const nationalId: Anchored = {
  name: 'national id',
  at(text, start, context) {
    if (!isLongEnough(text, start)) return null
    let best: Candidate | null = null
    for (const one of COMPILED) {
      const candidate = tryOne(one, text, start, context)
      if (candidate && candidate.weight > (best?.weight ?? -1)) best = candidate
    }
    return best
  },
}

function tryOne(
  { id, pattern }: Compiled,
  text: string,
  start: number,
  context: RuleContext,
): Candidate | null {
  pattern.lastIndex = start
  const match = pattern.exec(text)
  if (!match) return null
  const end = start + match[0].length
  const isNamed = id.words.test(before(text, start, 40))
  if (!isNamed && !isRegion(context, id.region)) return null
  const value = match[0].replace(/[^\p{L}\d]/gu, '').toUpperCase()
  const isValid = id.isValid?.(value) ?? false
  if (isNamed) return found(start, end, id.type, isValid ? WEIGHT.checked : WEIGHT.context)
  if (!isValid) return null
  // 11 digits in a row fit the checksum of some country by chance
  const isTelling = !/^\d+$/.test(match[0])
  return found(start, end, id.type, isTelling ? WEIGHT.context : WEIGHT.shape)
}

const LEAST_SIGNS = 8

function isLongEnough(text: string, start: number): boolean {
  let signs = 0
  for (let at = start; at < start + 16 && signs < LEAST_SIGNS; at++) {
    const sign = text.charAt(at)
    if (/[A-Za-z0-9]/.test(sign)) signs++
    else if (!/[ .\-/+]/.test(sign)) return false
  }
  return signs >= LEAST_SIGNS
}
