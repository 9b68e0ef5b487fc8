import { ENTITY_TYPES } from '../entity-types.ts'
import { sightings } from '../placeholder/resolve.ts'
import { Refused } from '../refused.ts'
import { type Known, restoreText } from '../rehydrate/restorer.ts'
import type { Leaf } from '../scrub/leaf.ts'
import type { ValueIndex } from '../scrub/value-index.ts'

/** A leaf as it would go out. */
export interface Outgoing {
  leaf: Leaf
  text: string
}

/**
 * The last look before anything goes out: it trusts nothing that was done before, only the result.
 * Throws VALUE_LEFT if a value stands in it in whatever spelling, NOT_RESTORABLE if it does not become
 * again what was given. (That another detection finds nothing in it was the last step of masking.)
 */
export function checkOutgoing(
  outgoing: readonly Outgoing[],
  known: Known,
  values: ValueIndex,
): void {
  for (const { leaf, text } of outgoing) {
    for (const said of saidBy(leaf, text))
      for (const between of betweenPlaceholders(said, known))
        if (values.find(between).length > 0) throw new Refused('VALUE_LEFT')
    if (restored(leaf, text, known) !== leaf.text) throw new Refused('NOT_RESTORABLE')
  }
}

/** What a leaf says to whoever reads it: strings of JSON are read unescaped. */
function saidBy(leaf: Leaf, text: string): string[] {
  if (leaf.form !== 'json') return [text]
  const said: string[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') said.push(String(value))
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (!Array.isArray(value)) said.push(key)
        walk(inner)
      }
  }
  try {
    walk(JSON.parse(text))
  } catch {
    throw new Refused('NOT_RESTORABLE')
  }
  return said
}

/** The text without its placeholders: nothing may be found across one. */
function betweenPlaceholders(text: string, known: Known): string[] {
  const parts: string[] = []
  let at = 0
  for (const sighting of sightings(text, known)) {
    if (sighting.ordinal === undefined) continue
    parts.push(text.slice(at, sighting.start))
    at = sighting.end
  }
  return [...parts, text.slice(at)]
}

const restored = (leaf: Leaf, text: string, known: Known): string => {
  const format = leaf.form === 'json' ? 'json' : 'text'
  return restoreText(text, known, { format, types: ENTITY_TYPES, inUrls: 'verbatim' })
}
