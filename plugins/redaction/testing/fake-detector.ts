import type { Detector, Finding } from '../detect/index.ts'
import type { EntityType } from '../entity-types.ts'

const RULES: [EntityType, Finding['layer'], RegExp][] = [
  ['EMAIL', 'rule', /[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}/g],
  ['URL', 'rule', /https?:\/\/[^\s"'<>)\]]{1,500}/g],
  ['PHONE', 'rule', /\+\d[\d -]{6,18}\d/g],
  ['SECRET', 'rule', /(?<=(?:password|token|secret): )\S+|\bsk-[A-Za-z0-9]{8,64}/g],
  ['PERSON', 'tagger', /(?<!\p{L})(?:Alice|Bob|Carol|Zoë|Иван)(?: (?:Smith|O'Neil|Müller))?/gu],
  ['NUM', 'residual', /\d[\d.,]*\d/g],
]

/** Finds a few plain things by rules a reader can follow; what it finds it finds at every look. */
export const fakeDetector = (): Detector => ({
  detect(text, { mode, known = [], deny = [] }) {
    const found: Finding[] = []
    for (const [type, layer, pattern] of RULES) {
      if (layer === 'residual' && mode === 'balanced') continue
      for (const { 0: match, index } of text.matchAll(pattern))
        found.push({ type, layer, start: index, end: index + match.length })
    }
    const terms = [...known, ...deny.map((surface) => ({ type: 'TERM' as const, surface }))]
    for (const { type, surface } of terms)
      for (let at = text.indexOf(surface); at !== -1; at = text.indexOf(surface, at + 1))
        found.push({ type, layer: 'list', start: at, end: at + surface.length })
    return merge(found)
  },
})

function merge(found: Finding[]): Finding[] {
  const merged: Finding[] = []
  for (const next of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1)
    if (last && next.start < last.end) last.end = Math.max(last.end, next.end)
    else merged.push({ ...next })
  }
  return merged
}
