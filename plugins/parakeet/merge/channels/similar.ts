/** Words with more of their letters changed are different words. */
const MOST_CHANGED = 0.34

/** A word as it is compared: without case, marks and accents. */
export const plainWord = (word: string): string =>
  word
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .slice(0, LONGEST)

const LONGEST = 64

/** Whether two plain words are the same but for what a recogniser may hear differently. */
export function areSimilar(a: string, b: string): boolean {
  if (a === '' || b === '') return false
  if (a === b) return true
  const longest = Math.max(a.length, b.length)
  if (Math.abs(a.length - b.length) > MOST_CHANGED * longest) return false
  return editDistance(a, b) <= MOST_CHANGED * longest
}

/** How many letters must be changed, added or left out to make one word of the other. */
export function editDistance<T>(a: ArrayLike<T>, b: ArrayLike<T>): number {
  const row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] as number
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number
      const change = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1)
      row[j] = Math.min(change, above + 1, (row[j - 1] as number) + 1)
      diagonal = above
    }
  }
  return row[b.length] as number
}
