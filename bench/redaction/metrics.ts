import type { Finding } from '../../plugins/redaction/detect/index.ts'
import type { GoldDoc, GoldSpan } from './read-sets.ts'

export interface Coverage {
  /** Share of spans whose every letter and digit is masked by anything. */
  full: number
  /** The same by type of the data set. */
  byType: Record<string, { spans: number; full: number }>
  /** Share of the letters and digits outside all spans that are masked. */
  collateral: number
}

export interface Agreement {
  precision: number
  recall: number
  f2: number
}

export type Detect = (text: string) => Finding[]

const SIGN = /[\p{L}\p{N}]/u

/** What leaks, and what is masked without need. */
export function coverage(docs: readonly GoldDoc[], detect: Detect): Coverage {
  const byType: Coverage['byType'] = {}
  let [free, freeMasked, spans, full] = [0, 0, 0, 0]
  for (const { text, spans: gold } of docs) {
    const masked = maskOf(text.length, detect(text))
    const inside = maskOf(text.length, gold)
    for (let at = 0; at < text.length; at++) {
      if (inside[at] || !SIGN.test(text.charAt(at))) continue
      free++
      if (masked[at]) freeMasked++
    }
    for (const span of gold) {
      const of = byType[span.type] ?? { spans: 0, full: 0 }
      byType[span.type] = of
      const isFull = isCovered(text, span, masked)
      of.spans++
      of.full += isFull ? 1 : 0
      spans++
      full += isFull ? 1 : 0
    }
  }
  for (const of of Object.values(byType)) of.full /= of.spans
  return { full: full / spans, byType, collateral: freeMasked / free }
}

/** Span against span whatever the type; a pair agrees from an intersection over union of `least` on. */
export function agreement(
  docs: readonly GoldDoc[],
  detect: Detect,
  least = 0.5,
  isSameType: (span: GoldSpan, finding: Finding) => boolean = () => true,
  counts: (finding: Finding) => boolean = () => true,
): Agreement {
  let [gold, found, hits] = [0, 0, 0]
  for (const { text, spans } of docs) {
    const findings = detect(text).filter(counts)
    gold += spans.length
    found += findings.length
    const left = new Set(findings)
    for (const span of spans) {
      const hit = [...left].find((one) => overlap(span, one) >= least && isSameType(span, one))
      if (!hit) continue
      left.delete(hit)
      hits++
    }
  }
  const precision = found === 0 ? 1 : hits / found
  const recall = gold === 0 ? 1 : hits / gold
  const f2 = hits === 0 ? 0 : (5 * precision * recall) / (4 * precision + recall)
  return { precision, recall, f2 }
}

interface Range {
  start: number
  end: number
}

function overlap(one: Range, other: Range): number {
  const both = Math.min(one.end, other.end) - Math.max(one.start, other.start)
  return both <= 0 ? 0 : both / (Math.max(one.end, other.end) - Math.min(one.start, other.start))
}

function maskOf(length: number, ranges: readonly Range[]): Uint8Array {
  const mask = new Uint8Array(length)
  for (const { start, end } of ranges) mask.fill(1, start, end)
  return mask
}

function isCovered(text: string, { start, end }: Range, masked: Uint8Array): boolean {
  for (let at = start; at < end; at++) {
    if (!masked[at] && SIGN.test(text.charAt(at))) return false
  }
  return true
}
