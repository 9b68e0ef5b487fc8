import { mergeLabels } from '../../../plugins/parakeet/merge/merge-labels.ts'
import type { Turn } from '../../../plugins/parakeet/turns.ts'
import type { Word } from '../../../plugins/parakeet/words.ts'
import { nearestEdge } from './nearest-edge.ts'
import { nemoWalk } from './nemo-walk.ts'
import { whisperX } from './whisperx.ts'

/** Speakers of words, which are in order of time; null where the rule gives none. */
export type Rule = (words: readonly Word[], turns: readonly Turn[]) => (string | null)[]

const ours =
  (rule: 'aligned' | 'overlap'): Rule =>
  (words, turns) =>
    mergeLabels(words, turns, { rule }).segments.flatMap((segment) =>
      segment.words.map(({ speaker }) => speaker),
    )

export const OURS = 'ours (aligned)'

/** Every rule that is compared, by name. */
export const RULES: Readonly<Record<string, Rule>> = {
  [OURS]: ours('aligned'),
  'ours (overlap)': ours('overlap'),
  'nearest edge': nearestEdge,
  'NeMo, walk by starts': nemoWalk,
  'whisperX, default': whisperX({ isFilled: false }),
  'whisperX, filled': whisperX({ isFilled: true }),
}
