import { join } from 'node:path'
import { createDetector, type Finding } from '../../plugins/redaction/detect/index.ts'
import { atLeast, atMost, type Limit } from './limits.ts'
import { agreement, coverage, type Detect } from './metrics.ts'
import { type GoldDoc, lowerCased, readSet, readVectors } from './read-sets.ts'

const SET = 'presidio-synth-dev.json'
/** The set above has no IP addresses, this one has; some stand inside a URL, so what counts is that they are masked. */
const VECTORS = 'recognizer-vectors-dev.json'
/** Types of the set whose every span must be found with the right label. */
const CERTAIN: Record<string, string> = {
  EMAIL: 'EMAIL',
  CREDIT_CARD: 'CARD',
  IBAN: 'IBAN',
  SSN: 'SSN',
  URL: 'URL',
}

/** What is found in the development set under `<data>/pii`. */
export function detectionLimits(data: string): Limit[] {
  const docs = readSet(join(data, 'pii'), SET)
  const detector = createDetector({
    regions: ['US', 'GB', 'DE', 'FR'],
    deny: [],
    allow: [],
    patterns: [],
  })
  const strict: Detect = (text) => detector.detect(text, { mode: 'strict' })
  const balanced: Detect = (text) => detector.detect(text, { mode: 'balanced' })
  const addresses = readVectors(join(data, 'pii'), VECTORS, 'ip', 'IP')
  const cased = coverage(docs, strict)
  const small = coverage(lowerCased(docs), strict)
  return [
    atLeast('strict: spans masked in full', cased.full, 0.97),
    atLeast('strict: PERSON masked in full', cased.byType.PERSON?.full ?? 0, 0.99),
    atMost('strict: other letters masked', cased.collateral, 0.12),
    atLeast('strict, small letters: PERSON masked in full', small.byType.PERSON?.full ?? 0, 0.95),
    atLeast('balanced: F2 whatever the type, IoU 0.5', agreement(docs, balanced).f2, 0.75),
    ...Object.entries(CERTAIN).map(([gold, type]) => recallOf(docs, balanced, gold, type)),
    atLeast(
      `balanced: IP addresses masked in full (${addresses.length} cases)`,
      coverage(addresses, balanced).full,
      1,
    ),
  ]
}

function recallOf(docs: readonly GoldDoc[], detect: Detect, gold: string, type: string): Limit {
  const only = docs.map((doc) => ({
    ...doc,
    spans: doc.spans.filter((span) => span.type === gold),
  }))
  const isType = (finding: Finding): boolean => finding.type === type
  const { recall } = agreement(only, detect, 0.5, (_, finding) => isType(finding), isType)
  const count = only.reduce((sum, { spans }) => sum + spans.length, 0)
  return atLeast(`balanced: recall of ${gold} (${count} spans)`, recall, 1)
}
