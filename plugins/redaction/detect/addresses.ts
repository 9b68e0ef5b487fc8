import type { Finding } from './finding.ts'

const GAP = /^[\s,;-]{0,4}(?:[A-Z]{2}\b[\s,]{0,3})?$/
const TAIL =
  /^[\s,-]{1,4}(?:[A-Z]{2}[\s,]{1,3})?(?:\d{3,6}(?:[- ]\d{2,4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\p{L}\d])/u
const HEAD = /(?:^|[\s,(])\d{1,6}[A-Za-z]?,? $/
const JOINED = new Set(['ADDRESS', 'LOCATION', 'ZIP', 'NUM', 'PHONE'])

/**
 * An address goes on over the town, the postal code and the country that follow it, and begins with the number before
 * it. Sorted and disjoint in, sorted and disjoint out.
 */
export function joinAddresses(text: string, findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = []
  for (const finding of findings) {
    const last = joined.at(-1)
    if (last && goesOn(text, last, finding)) {
      joined[joined.length - 1] = withTail(text, { ...last, end: finding.end })
      continue
    }
    joined.push(
      finding.type === 'ADDRESS' ? withTail(text, withHead(text, finding, last)) : finding,
    )
  }
  return joined.filter((one, i) => one.start >= (joined[i - 1]?.end ?? 0))
}

function goesOn(text: string, last: Finding, next: Finding): boolean {
  if (next.start < last.end) return last.type === 'ADDRESS'
  if (last.type !== 'ADDRESS' || !JOINED.has(next.type)) return false
  return next.start - last.end <= 8 && GAP.test(text.slice(last.end, next.start))
}

function withTail(text: string, finding: Finding): Finding {
  const tail = TAIL.exec(text.slice(finding.end, finding.end + 24))
  return tail ? { ...finding, end: finding.end + tail[0].length } : finding
}

function withHead(text: string, finding: Finding, last: Finding | undefined): Finding {
  const from = Math.max(last?.end ?? 0, finding.start - 10)
  const head = HEAD.exec(text.slice(from, finding.start))
  if (!head) return finding
  const digits = head[0].search(/\d/)
  return { ...finding, start: from + head.index + digits }
}
