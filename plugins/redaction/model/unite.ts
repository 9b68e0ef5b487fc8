import { type Candidate, type Finding, WEIGHT } from '../detect/finding.ts'
import { merge } from '../detect/merge.ts'
import type { ModelSpan } from './model-layer.ts'

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
