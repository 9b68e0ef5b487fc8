import { type Candidate, WEIGHT } from './finding.ts'
import { KNOWN, type Lexicon } from './lexicon/lexicon.ts'
import { CASING, casingsOf } from './tagger/casing.ts'
import { SHAPE, type Tokens } from './tagger/tokens.ts'

/** Peoples, faiths and parties by the lexicon; `polish` in small letters is a verb, `slovenian` is not. */
export function groups(text: string, tokens: Tokens, lexicon: Lexicon): Candidate[] {
  const casings = casingsOf(text, tokens)
  const candidates: Candidate[] = []
  for (let i = 0; i < tokens.count; i++) {
    const flags = lexicon.flags(tokens.hashes[i] ?? 0)
    if ((flags & KNOWN.group) === 0) continue
    const isWord = (flags & KNOWN.word) !== 0
    if (isWord && (tokens.shapes[i] === SHAPE.lower || casings[i] !== CASING.cased)) continue
    const [start, end] = [tokens.starts[i] ?? 0, tokens.ends[i] ?? 0]
    candidates.push({ start, end, type: 'NRP', layer: 'rule', weight: WEIGHT.likely })
  }
  return candidates
}
