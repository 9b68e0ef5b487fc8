import { joinAddresses } from './addresses.ts'
import { blobs } from './blobs.ts'
import type { Candidate, DetectContext, Detector, Finding, KnownEntity } from './finding.ts'
import { WEIGHT } from './finding.ts'
import { fold } from './fold/fold.ts'
import { toSource, type View } from './fold/view.ts'
import { viewsOf } from './fold/views.ts'
import { groups } from './groups.ts'
import { lexicon } from './lexicon/lexicon.ts'
import { compilePatterns, makeTermList, type OperatorPattern, type TermList } from './lists.ts'
import { merge } from './merge.ts'
import { makeSurfaces, type Surfaces } from './propagate.ts'
import { residual } from './residual/residual.ts'
import { RULES } from './rules/index.ts'
import { readingOf } from './rules/reading.ts'
import type { RuleContext } from './rules/rule.ts'
import { tag } from './tagger/tagger.ts'
import { type Tokens, tokenise } from './tagger/tokens.ts'
import { weights } from './tagger/weights.ts'

export type { DetectContext, Detector, Finding, KnownEntity, Layer } from './finding.ts'

export interface DetectorOptions {
  /** Countries by ISO 3166-1 alpha-2; empty means all. */
  regions: readonly string[]
  deny: readonly string[]
  allow: readonly string[]
  /** RE2 syntax; a pattern that does not compile throws here. */
  patterns: readonly OperatorPattern[]
}

/** What one call looks for, made once for all views of its text. */
interface Search {
  rules: RuleContext
  deny: TermList
  allow: TermList
  patterns: ((text: string) => Candidate[])[]
  known: Surfaces[]
  context: DetectContext
}

/** Finds what must not leave the LAN. Pure: the same text and context give the same findings. */
export function createDetector(options: DetectorOptions): Detector {
  const patterns = compilePatterns(options.patterns)
  // read now, so that the first request does not wait for it
  lexicon()
  weights()
  const surfaces = new WeakMap<readonly KnownEntity[], { size: number; surfaces: Surfaces }>()
  const surfacesOf = (known: readonly KnownEntity[]): Surfaces => {
    const kept = surfaces.get(known)
    if (kept?.size === known.length) return kept.surfaces
    const made = namesIn(known)
    surfaces.set(known, { size: known.length, surfaces: made })
    return made
  }
  return {
    detect(text, context) {
      return search(text, {
        rules: { regions: regionsOf(context.regions ?? options.regions) },
        deny: makeTermList([...options.deny, ...(context.deny ?? [])]),
        allow: makeTermList([...options.allow, ...(context.allow ?? [])]),
        patterns,
        known: [surfacesOf(context.known ?? NONE), namesIn(context.added ?? NONE)],
        context,
      })
    },
  }
}

const NONE: readonly KnownEntity[] = []

/** Words and numbers that nothing is known of are no names. */
const namesIn = (known: readonly KnownEntity[]): Surfaces =>
  makeSurfaces(
    known.filter(({ type }) => type !== 'TERM' && type !== 'NUM'),
    WEIGHT.known,
  )

const regionsOf = (regions: readonly string[]): Set<string> =>
  new Set(regions.map((region) => region.toUpperCase()))

function search(text: string, of: Search): Finding[] {
  const views = viewsOf(fold(text))
  const candidates = views.flatMap((view) => {
    const tokens = tokenise(view.text)
    return allowed(inView(view, tokens, of), tokens, of).map((one) => ({
      ...one,
      ...toSource(view, one.start, one.end),
    }))
  })
  return joinAddresses(text, merge(candidates))
}

/** All layers over one view; offsets are the view's. */
function inView(view: View, tokens: Tokens, of: Search): Candidate[] {
  const { text } = view
  const words = lexicon()
  const sure = [
    ...byRules(text, tokens, of),
    ...of.patterns.flatMap((find) => find(text)),
    ...denied(tokens, of),
  ]
  const seen = tag(text, tokens)
  const first = [
    ...sure,
    ...seen.entities,
    ...groups(text, tokens, words),
    ...of.known.flatMap((surfaces) => surfaces.find(tokens, words)),
  ]
  const again = makeSurfaces(surfacesIn(text, seen.entities), WEIGHT.repeated).find(tokens, words)
  const known = [...first, ...again]
  if (of.context.mode === 'balanced') return known
  const covered = coveredBy(known, tokens)
  return [...known, ...residual({ text, tokens, lexicon: words, doubts: seen.doubts }, covered)]
}

function byRules(text: string, tokens: Tokens, of: Search): Candidate[] {
  const reading = readingOf(text, tokens)
  const found = RULES.flatMap((rule) => {
    return rule.find(reading, of.rules)
  })
  return [...found, ...blobs(text, (inner) => isTelling(inner, of))]
}

/** Whether there is anything to mask in what a blob says. */
function isTelling(text: string, of: Search): boolean {
  const tokens = tokenise(text)
  const reading = readingOf(text, tokens)
  const hasRule = RULES.some((rule) => rule.find(reading, of.rules).length > 0)
  return hasRule || tag(text, tokens).entities.length > 0
}

const denied = (tokens: Tokens, { deny }: Search): Candidate[] =>
  deny.find(tokens).map(({ start, end }) => {
    return { start, end, type: 'TERM', layer: 'list', weight: WEIGHT.list }
  })

const PROPAGATED = new Set<string>(['PERSON', 'ORG'])
/** What is longer is no name, whatever the tagger says. */
const LONGEST_NAME = 128

const surfacesIn = (text: string, seen: readonly Candidate[]): KnownEntity[] =>
  seen
    .filter(({ type, start, end }) => PROPAGATED.has(type) && end - start <= LONGEST_NAME)
    .map(({ type, start, end }) => ({ type, surface: text.slice(start, end) }))

/** Guesses inside an allowed term go; what a rule, a list or the session knows stays. */
function allowed(candidates: Candidate[], tokens: Tokens, { allow }: Search): Candidate[] {
  const free = allow.find(tokens)
  if (free.length === 0) return candidates
  return candidates.filter(
    ({ layer, start, end }) =>
      layer === 'list' || !free.some((term) => term.start <= start && end <= term.end),
  )
}

/** Which tokens are whole inside something found. */
function coveredBy(candidates: readonly Candidate[], { count, starts, ends }: Tokens): Uint8Array {
  const covered = new Uint8Array(count)
  let i = 0
  for (const { start, end } of merge(candidates)) {
    while (i < count && (starts[i] ?? 0) < start) i++
    while (i < count && (ends[i] ?? 0) <= end) covered[i++] = 1
  }
  return covered
}
