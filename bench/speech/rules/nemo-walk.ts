import type { Turn } from '../../../plugins/parakeet/turns.ts'
import type { Word } from '../../../plugins/parakeet/words.ts'

/** NeMo's way: one walk over words and turns, which moves on by at most one turn a word. */
export function nemoWalk(words: readonly Word[], turns: readonly Turn[]): (string | null)[] {
  const inOrder = [...turns].sort((a, b) => a.start - b.start)
  let index = 0
  return words.map(({ start }) => {
    const turn = inOrder[index]
    if (turn && start > turn.end) index = Math.min(index + 1, inOrder.length - 1)
    return inOrder[index]?.speaker ?? null
  })
}
