import type { Candidate, Finding } from './finding.ts'

/** Weights that differ by less are guesses of one kind. */
const CLOSE = 8

/**
 * Overlapping candidates become one finding over their union, so that no letter of any of them stays.
 * Label and layer are the heaviest candidate's, of about equals the longest one's.
 */
export function merge(candidates: readonly Candidate[]): Finding[] {
  const sorted = candidates
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end)
  const merged: Finding[] = []
  let best: Candidate | undefined
  let end = 0
  for (const candidate of sorted) {
    const last = merged.at(-1)
    if (!last || !best || candidate.start >= end) {
      merged.push(asFinding(candidate))
      best = candidate
      end = candidate.end
      continue
    }
    end = Math.max(end, candidate.end)
    if (isBetter(candidate, best)) best = candidate
    merged[merged.length - 1] = { ...asFinding(best), start: last.start, end }
  }
  return merged
}

function isBetter(one: Candidate, other: Candidate): boolean {
  const longer = one.end - one.start - (other.end - other.start)
  const heavier = one.weight - other.weight
  return Math.abs(heavier) < CLOSE && longer !== 0 ? longer > 0 : heavier > 0
}

function asFinding({ start, end, type, layer, score }: Candidate): Finding {
  return score === undefined ? { start, end, type, layer } : { start, end, type, layer, score }
}
