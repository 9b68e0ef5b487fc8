/** The candidate nearest to what was written, if it is near enough to be a slip of the finger. */
export function suggest(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase().slice(0, LONGEST)
  const allowed = slipsIn(wanted.length)
  let best: string | undefined
  let bestDistance = allowed + 1
  for (const candidate of candidates) {
    if (candidate === written || candidate.length > LONGEST) continue
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** The hint for a slip; undefined where nothing is near. */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  const near = suggest(written, candidates)
  return near === undefined ? undefined : `did you mean "${near}"?`
}

/** `"a", "b", "c"`, cut after `most`. */
export function listNames(names: readonly string[], most = 8): string {
  if (names.length === 0) return 'nothing'
  const shown = names.slice(0, most).map((name) => `"${name}"`)
  return names.length > most
    ? `${shown.join(', ')} and ${names.length - most} more`
    : shown.join(', ')
}

const LONGEST = 64

/** How many slips a word of this length can hold and still be known. */
const slipsIn = (length: number): number => {
  if (length <= 3) return length < 2 ? 0 : 1
  return Math.max(2, Math.floor(length / 3))
}

/** Insertions, deletions, replacements and swaps of neighbours; gives up at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (last[j] ?? limit) + 1,
        (row[j - 1] ?? limit) + 1,
        (last[j - 1] ?? limit) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[j - 2] ?? limit) + 1 : limit,
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? limit
}
