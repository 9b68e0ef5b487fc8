import type { Turn } from '../../../plugins/parakeet/turns.ts'
import type { Word } from '../../../plugins/parakeet/words.ts'

/** Max overlap, else the nearest edge, in the plainest way: every word with every turn. */
export function nearestEdge(words: readonly Word[], turns: readonly Turn[]): (string | null)[] {
  return words.map((word) => {
    const shared = new Map<string, number>()
    let nearest: { speaker: string; away: number } | undefined
    for (const { start, end, speaker } of turns) {
      const away = Math.max(start - word.end, word.start - end)
      if (away < 0) {
        const seconds = Math.min(end, word.end) - Math.max(start, word.start)
        shared.set(speaker, (shared.get(speaker) ?? 0) + seconds)
      }
      if (!nearest || away < nearest.away) nearest = { speaker, away }
    }
    const [most] = [...shared].sort(([, a], [, b]) => b - a)
    return most?.[0] ?? nearest?.speaker ?? null
  })
}
