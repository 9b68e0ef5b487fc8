import type { Candidate, DetectContext, Detector } from './finding.ts'
import { decode } from './fold/decode.ts'
import { fold } from './fold/fold.ts'
import { compose, toSource, type View } from './fold/view.ts'
import { merge } from './merge.ts'
import { RULES } from './rules/index.ts'
import type { RuleContext } from './rules/rule.ts'
import { tag } from './tagger/tagger.ts'
import { tokenise } from './tagger/tokens.ts'

export type { DetectContext, Detector, Finding, KnownEntity, Layer } from './finding.ts'

export interface DetectorOptions {
  /** Countries by ISO 3166-1 alpha-2; empty means all. */
  regions: readonly string[]
  deny: readonly string[]
  allow: readonly string[]
  patterns: readonly { name: string; pattern: string; type?: string }[]
}

/** Finds what must not leave the LAN. Pure: the same text and context give the same findings. */
export function createDetector(options: DetectorOptions): Detector {
  return {
    detect(text, context) {
      const folded = fold(text)
      const rules: RuleContext = { regions: regionsOf(options, context) }
      const candidates = viewsOf(folded).flatMap((view) => [
        ...byRules(view, rules, context),
        ...byTagger(view, context),
      ])
      return merge(candidates)
    },
  }
}

const regionsOf = (options: DetectorOptions, context: DetectContext): Set<string> =>
  new Set((context.regions ?? options.regions).map((region) => region.toUpperCase()))

/** The folded text, and what it says once its escapes are undone, twice if need be. */
function viewsOf(folded: View): View[] {
  const views = [folded]
  for (let round = 0; round < 2; round++) {
    const last = views.at(-1) ?? folded
    const decoded = decode(last.text)
    if (!decoded) break
    views.push(compose(last, compose(decoded, fold(decoded.text))))
  }
  return views
}

function byRules(view: View, rules: RuleContext, context: DetectContext): Candidate[] {
  return RULES.flatMap((rule) => {
    context.deadline?.()
    return rule.find(view.text, rules).map((candidate) => ({
      ...candidate,
      ...toSource(view, candidate.start, candidate.end),
    }))
  })
}

/** How much less the tagger believes in "outside" where a miss is worse than a mistake. */
const OUTSIDE_BIAS = { strict: -1, balanced: 0 } as const

function byTagger(view: View, { mode, deadline }: DetectContext): Candidate[] {
  const outsideBias = OUTSIDE_BIAS[mode]
  return tag(tokenise(view.text), { outsideBias, deadline }).map((candidate) => ({
    ...candidate,
    ...toSource(view, candidate.start, candidate.end),
  }))
}
