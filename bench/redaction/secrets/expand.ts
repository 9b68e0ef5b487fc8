/** Random numbers from 0 to 1 that are the same at every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A text of a shape: `[class]{count}` becomes random characters of the class, the rest stays. */
export const expand = (shape: string, random: () => number): string =>
  shape.replace(/\[([^\]]+)\]\{(\d+)\}/g, (_, letters: string, count: string) => {
    const alphabet = alphabetOf(letters)
    const pick = (): string => alphabet[Math.floor(random() * alphabet.length)] ?? ''
    return Array.from({ length: Number(count) }, pick).join('')
  })

function alphabetOf(letters: string): string[] {
  const ranges = letters.match(/.-.|./g) ?? []
  return ranges.flatMap((range) => {
    if (range.length < 3) return [range]
    const [from, to] = [range.charCodeAt(0), range.charCodeAt(2)]
    return Array.from({ length: to - from + 1 }, (_, n) => String.fromCharCode(from + n))
  })
}
