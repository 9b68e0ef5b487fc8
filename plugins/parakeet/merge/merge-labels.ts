import { Value } from '#core'
import type { Turn } from '../turns.ts'
import type { Word } from '../words.ts'
import { oddsAgainstChange } from './change-cost.ts'
import { decodeSpeakers } from './decode.ts'
import { type DiarizedTranscript, UNKNOWN_SPEAKER } from './diarized.ts'
import { estimateEdgeError } from './edge-error.ts'
import { weighEvidence } from './evidence.ts'
import { groupRuns, writeTranscript } from './group-segments.ts'
import { labelByOverlap } from './label-by-overlap.ts'
import { MergeOptions } from './options.ts'
import { markOverlap } from './overlap.ts'
import { realignSentences } from './realign.ts'
import { createTracks, nextStretch, type Track } from './tracks.ts'

/**
 * Gives every word its speaker. Words and turns may come in any order and overlap; times are seconds,
 * finite and not negative, no end before its start. O((W + S) log (W + S)) for a given number of
 * speakers.
 */
export function mergeLabels(
  words: readonly Word[],
  turns: readonly Turn[],
  options: Partial<MergeOptions> = {},
  durationS?: number,
): DiarizedTranscript {
  const chosen = Value.Default(MergeOptions, { ...options }) as MergeOptions
  const inOrder = inTime(words)
  const tracks = createTracks(turns)
  const labels = labelWords(inOrder, turns, tracks, chosen)
  const spoken = inOrder.map((word, index) => ({
    ...word,
    speaker: labels[index] ?? UNKNOWN_SPEAKER,
  }))
  markOverlap(spoken, tracks)
  const warnings =
    tracks.length === 0 && words.length > 0
      ? ['There are no turns, so it is unknown who speaks.']
      : []
  const runs = groupRuns(spoken, chosen.max_gap_s)
  const besides = { warnings, ...(durationS !== undefined && { durationS }) }
  return writeTranscript(runs, chosen.labels, besides)
}

/** Words by time; a list that is in order already is not copied. */
function inTime(words: readonly Word[]): readonly Word[] {
  const order = (a: Word, b: Word) => a.start - b.start || a.end - b.end
  const isInOrder = words.every((word, index) => {
    const before = words[index - 1]
    return !before || order(before, word) <= 0
  })
  return isInOrder ? words : [...words].sort(order)
}

function labelWords(
  words: readonly Word[],
  turns: readonly Turn[],
  tracks: readonly Track[],
  { rule, realign_sentences, nearest_within_s }: MergeOptions,
): string[] {
  if (tracks.length === 0) return []
  const indices =
    rule === 'overlap' ? labelByOverlap(words, tracks) : labelAligned(words, turns, tracks)
  if (realign_sentences) realignSentences(words, indices)
  const labels = Array.from(indices, (index) => tracks[index]?.speaker ?? UNKNOWN_SPEAKER)
  if (nearest_within_s !== undefined) leaveUnknown(words, turns, labels, nearest_within_s)
  return labels
}

/** The likeliest sequence of speakers, given how far the turns of this very recording can be trusted. */
function labelAligned(words: readonly Word[], turns: readonly Turn[], tracks: readonly Track[]) {
  const edgeErrorS = estimateEdgeError(words, turns)
  const oddsAgainst = oddsAgainstChange(words.length, turns)
  const evidence = weighEvidence(words, tracks, { edgeErrorS, oddsAgainst })
  return decodeSpeakers(words, evidence, oddsAgainst)
}

function leaveUnknown(
  words: readonly Word[],
  turns: readonly Turn[],
  labels: string[],
  withinS: number,
): void {
  const [anyone] = createTracks(turns.map((turn) => ({ ...turn, speaker: 'anyone' })))
  if (!anyone) return
  let next = 0
  words.forEach((word, index) => {
    next = nextStretch(anyone, word.start, next)
    const ahead = (anyone.starts[next] ?? Number.POSITIVE_INFINITY) - word.end
    const behind = word.start - (anyone.ends[next - 1] ?? Number.NEGATIVE_INFINITY)
    if (Math.min(ahead, behind) > withinS) labels[index] = UNKNOWN_SPEAKER
  })
}
