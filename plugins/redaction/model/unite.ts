import { type Candidate, type Finding, WEIGHT } from '../detect/finding.ts'
import { makeTermList } from '../detect/lists.ts'
import { merge } from '../detect/merge.ts'
import { tokenise } from '../detect/tagger/tokens.ts'
import type { ModelSpan } from './model-layer.ts'

/**
 * What a model found, without its guesses inside of words that are never to be masked. (The findings of
 * the detector are without theirs already.)
 */
export function notAllowed(
  text: string,
  spans: readonly ModelSpan[],
  allow: readonly string[],
): readonly ModelSpan[] {
  const free = makeTermList(allow).find(tokenise(text))
  return spans.filter(
    ({ start, end }) => !free.some((term) => term.start <= start && end <= term.end),
  )
}

/** Both, merged: the model adds spans and names what only the residual layer had masked; it takes nothing away. */
export function unite(findings: readonly Finding[], spans: readonly ModelSpan[]): Finding[] {
  const own = findings.map((finding): Candidate => {
    const weight = finding.layer === 'residual' ? WEIGHT.residual : WEIGHT.exact
    return { ...finding, weight }
  })
  const others = spans.map(
    (span): Candidate => ({ ...span, layer: 'model', weight: WEIGHT.tagger }),
  )
  return merge([...own, ...others])
}
