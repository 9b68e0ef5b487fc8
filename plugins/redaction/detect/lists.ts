import { RE2JS } from 're2js'
import { ENTITY_TYPES, type EntityType } from '../entity-types.ts'
import { type Candidate, WEIGHT } from './finding.ts'
import { hashWord, type Tokens, wordsIn } from './tagger/tokens.ts'

/** Where a term stands: `first` is the place of its first token. */
export interface TermHit {
  start: number
  end: number
  term: number
  first: number
}

/** Terms as runs of tokens, found whatever their case and the spaces between. */
export interface TermList {
  find(tokens: Tokens): TermHit[]
}

export function makeTermList(terms: readonly string[]): TermList {
  const byFirst = new Map<number, { hashes: number[]; term: number }[]>()
  for (const [term, words] of terms.entries()) {
    const hashes = wordsIn(words).map(hashWord)
    const [first] = hashes
    if (first === undefined) continue
    const list = byFirst.get(first)
    if (list) list.push({ hashes, term })
    else byFirst.set(first, [{ hashes, term }])
  }
  for (const list of byFirst.values()) list.sort((a, b) => b.hashes.length - a.hashes.length)
  return { find: (tokens) => (byFirst.size === 0 ? [] : findRuns(tokens, byFirst)) }
}

function findRuns(
  tokens: Tokens,
  byFirst: ReadonlyMap<number, { hashes: number[]; term: number }[]>,
) {
  const runs: TermHit[] = []
  for (let i = 0; i < tokens.count; i++) {
    const run = byFirst
      .get(tokens.hashes[i] ?? 0)
      ?.find(({ hashes }) =>
        hashes.every(
          (hash, offset) => tokens.hashes[i + offset] === hash && i + offset < tokens.count,
        ),
      )
    if (!run) continue
    const end = tokens.ends[i + run.hashes.length - 1] ?? 0
    runs.push({ start: tokens.starts[i] ?? 0, end, term: run.term, first: i })
  }
  return runs
}

export interface OperatorPattern {
  name: string
  pattern: string
  type?: string
}

/** Patterns of topology.yaml in RE2 syntax, which cannot take longer than the text is long. */
export function compilePatterns(
  patterns: readonly OperatorPattern[],
): ((text: string) => Candidate[])[] {
  return patterns.map(({ pattern, type }) => {
    const compiled = RE2JS.compile(pattern)
    const label = ENTITY_TYPES.find((known) => known === type) ?? 'TERM'
    return (text) => matches(compiled, text, label)
  })
}

function matches(compiled: RE2JS, text: string, type: EntityType): Candidate[] {
  const candidates: Candidate[] = []
  const matcher = compiled.matcher(text)
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()]
    if (end > start) candidates.push({ start, end, type, layer: 'list', weight: WEIGHT.list })
  }
  return candidates
}
