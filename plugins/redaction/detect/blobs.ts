import { type Candidate, WEIGHT } from './finding.ts'
import { every } from './rules/rule.ts'

const RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,65536}={0,2}(?![A-Za-z0-9+/_=-])/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: what text has none of
const BINARY = /[\x00-\x08\x0e-\x1f\x7f\ufffd]/

/** Base64 that is text somebody can read: masked whole if there is anything to mask in it. */
export function blobs(text: string, hasFindings: (inner: string) => boolean): Candidate[] {
  return every(RUN, text, ({ 0: run, index }) => {
    const inner = Buffer.from(run, 'base64').toString('utf8')
    if (BINARY.test(inner) || !hasFindings(inner)) return null
    const end = index + run.length
    return { start: index, end, type: 'SECRET', layer: 'rule', weight: WEIGHT.exact }
  })
}
