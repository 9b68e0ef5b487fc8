import { WEIGHT } from '../finding.ts'
import type { Anchored } from './anchors.ts'
import { NATIONAL_IDS } from './id-table.ts'
import { before, found, isRegion } from './rule.ts'

const COMPILED = NATIONAL_IDS.map((id) => ({
  id,
  pattern: new RegExp(`${id.shape}(?![\\p{L}\\d])`, 'yiu'),
}))

/** Ids of the wished regions; a checksum or the words before decide whether the label is believed. */
export const nationalIds: Anchored[] = COMPILED.map(({ id, pattern }) => ({
  name: `${id.region} ${id.type}`,
  at(text, start, context) {
    pattern.lastIndex = start
    const match = pattern.exec(text)
    if (!match) return null
    const end = start + match[0].length
    const isNamed = id.words.test(before(text, start, 40))
    if (!isNamed && !isRegion(context, id.region)) return null
    const value = match[0].replace(/[^\p{L}\d]/gu, '').toUpperCase()
    const isValid = id.isValid?.(value) ?? false
    // 11 digits in a row have a checksum of some country by chance
    const isTelling = !/^\d+$/.test(match[0])
    if (isNamed) return found(start, end, id.type, isValid ? WEIGHT.checked : WEIGHT.context)
    if (!isValid) return null
    return found(start, end, id.type, isTelling ? WEIGHT.context - 1 : WEIGHT.shape + 2)
  },
}))
