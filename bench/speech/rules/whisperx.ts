import type { Turn } from '../../../plugins/parakeet/turns.ts'
import type { Word } from '../../../plugins/parakeet/words.ts'

/** whisperX's way: who shares most time with a word; if filled, else the turn with the nearest middle. */
export const whisperX =
  ({ isFilled }: { isFilled: boolean }) =>
  (words: readonly Word[], turns: readonly Turn[]): (string | null)[] =>
    words.map((word) => {
      const shared = new Map<string, number>()
      for (const { start, end, speaker } of turns) {
        const seconds = Math.min(end, word.end) - Math.max(start, word.start)
        if (seconds > 0) shared.set(speaker, (shared.get(speaker) ?? 0) + seconds)
      }
      const [most] = [...shared].sort(([, a], [, b]) => b - a)
      if (most || !isFilled) return most?.[0] ?? null
      const middle = (word.start + word.end) / 2
      const away = ({ start, end }: Turn) => Math.abs((start + end) / 2 - middle)
      const [first] = turns
      if (!first) return null
      return turns.reduce((best, turn) => (away(turn) < away(best) ? turn : best), first).speaker
    })
