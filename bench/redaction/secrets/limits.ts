import { createDetector } from '../../../plugins/redaction/detect/index.ts'
import { atLeast, type Limit } from '../limits.ts'
import { coverage, type Detect } from '../metrics.ts'
import { secretCases } from './cases.ts'

/** Which of some 1,700 made secrets are masked to their last character, and which are taken for secrets. */
export function secretLimits(): Limit[] {
  const detector = createDetector({
    regions: ['US', 'GB', 'DE', 'FR'],
    deny: [],
    allow: [],
    patterns: [],
  })
  const balanced: Detect = (text) => detector.detect(text, { mode: 'balanced' })
  const asSecrets: Detect = (text) => balanced(text).filter(({ type }) => type === 'SECRET')
  const { telling, named } = secretCases()
  return [
    atLeast(
      `balanced: secrets known by their form masked in full (${telling.length} cases)`,
      coverage(telling, balanced).full,
      0.95,
    ),
    atLeast(
      `balanced: secrets known by their name masked in full (${named.length} cases)`,
      coverage(named, balanced).full,
      0.95,
    ),
    atLeast(
      'balanced: those labelled SECRET, so never restored unasked',
      coverage([...telling, ...named], asSecrets).full,
      0.95,
    ),
  ]
}
