import type { Word } from '../words.ts'

/** Words of a text over a stretch of time, by `spreadOver`. */
export const spread = (text: string, start: number, end: number): Word[] =>
  spreadOver(text.split(/\s+/).filter(Boolean), start, end)

/**
 * Words over a stretch of time, each as long as its share of the characters, and marked so:
 * the pseudo word times meeteval uses by default (`character_based`).
 */
export function spreadOver(words: readonly string[], start: number, end: number): Word[] {
  const total = words.reduce((sum, word) => sum + word.length, 0)
  const rate = total > 0 ? Math.max(0, end - start) / total : 0
  let at = 0
  return words.map((word) => {
    const from = start + at * rate
    at += word.length
    return { word, start: from, end: start + at * rate, timing: 'interpolated' as const }
  })
}
