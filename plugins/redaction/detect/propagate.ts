import type { EntityType } from '../entity-types.ts'
import type { Candidate, KnownEntity } from './finding.ts'
import { KNOWN, type Lexicon } from './lexicon/lexicon.ts'
import { makeTermList, type TermList } from './lists.ts'
import { SHAPE, type Tokens, wordsIn } from './tagger/tokens.ts'

/** Ways an entity may be written again, each a run of tokens. */
export interface Surfaces {
  find(tokens: Tokens, lexicon: Lexicon): Candidate[]
}

interface Variant {
  text: string
  type: EntityType
  /** One part of a name only; where it is an ordinary word too, it needs a capital. */
  isPart: boolean
}

/** `weight` is how much the label of a surface is believed. */
export function makeSurfaces(entities: readonly KnownEntity[], weight: number): Surfaces {
  const variants = new Map<string, Variant>()
  for (const entity of entities) {
    for (const variant of variantsOf(entity)) {
      const key = variant.text.toLowerCase()
      if (!variants.has(key) || !variant.isPart) variants.set(key, variant)
    }
  }
  const list = [...variants.values()]
  const terms: TermList = makeTermList(list.map(({ text }) => text))
  return {
    find: (tokens, lexicon) =>
      terms.find(tokens).flatMap(({ start, end, term, first }) => {
        const variant = list[term]
        if (!variant || (variant.isPart && isOrdinary(tokens, first, lexicon))) return []
        return [{ start, end, type: variant.type, layer: 'propagated', weight }]
      }),
  }
}

function isOrdinary(tokens: Tokens, i: number, lexicon: Lexicon): boolean {
  const isWord = (lexicon.flags(tokens.hashes[i] ?? 0) & KNOWN.word) !== 0
  return isWord && tokens.shapes[i] === SHAPE.lower
}

const LEGAL = /,? (?:inc|llc|ltd|gmbh|ag|plc|corp|co|s\.?a|b\.?v|group|holdings)\.?$/i

/** Alice Mary Smith: also Alice, Smith, A. Smith, Smith, Alice and the handles made of them. */
function variantsOf({ type, surface }: KnownEntity): Variant[] {
  const whole: Variant = { text: surface, type, isPart: false }
  if (type === 'ORG') {
    const short = surface.replace(LEGAL, '')
    return short === surface || short.length < 3
      ? [whole]
      : [whole, { text: short, type, isPart: true }]
  }
  if (type !== 'PERSON') return surface.length < 3 ? [] : [whole]
  const parts = wordsIn(surface).filter(
    (part) => part.length > 2 && /^\p{Lu}|^\p{Ll}|^\p{Lo}/u.test(part),
  )
  const part = (text: string): Variant => ({ text, type, isPart: true })
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (parts.length < 2) return [whole, ...parts.map(part)]
  const handles = [
    `${first}${last}`,
    `${first.charAt(0)}${last}`,
    `${first}${last.charAt(0)}`,
    `${last}${first.charAt(0)}`,
  ]
  return [
    whole,
    ...parts.map(part),
    ...[...handles, `${first}_${last}`, `${first}.${last}`].map(part),
  ]
}
