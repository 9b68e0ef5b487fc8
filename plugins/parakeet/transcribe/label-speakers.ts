import type { Service } from '#core'
import { warnOfMost } from '../diarize/add-chunk.ts'
import type { DiarizedTranscript } from '../merge/diarized.ts'
import { mergeLabels } from '../merge/merge-labels.ts'
import type { Settings } from '../settings.ts'
import type { Transcript } from '../transcript.ts'
import type { Turn } from '../turns.ts'

/** Who said what: OpenAI's diarized_json, with speakers A, B, … in the order they begin to speak. */
export function labelSpeakers(
  { settings }: Pick<Service<Settings>, 'settings'>,
  transcript: Transcript,
  turns: readonly Turn[],
): DiarizedTranscript {
  const { words, text, length } = transcript
  const labelled = mergeLabels(words, turns, { labels: 'letters' }, length?.seconds)
  const count = new Set(turns.map(({ speaker }) => speaker)).size
  const isEstimated = words.some(({ timing }) => timing !== undefined)
  return {
    ...labelled,
    ...(words.length === 0 && { text }),
    warnings: [
      ...labelled.warnings,
      ...warnOfMost(count, settings.diarizer_speakers),
      ...(isEstimated
        ? ['Times of words are estimated: who says a word next to a change is uncertain.']
        : []),
      ...(words.length === 0 && text !== '' ? ['Nothing tells when the words were said.'] : []),
    ],
  }
}
