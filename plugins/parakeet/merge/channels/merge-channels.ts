import { Value } from '#core'
import type { Turn } from '../../turns.ts'
import type { Word } from '../../words.ts'
import type { DiarizedTranscript, SpokenWord } from '../diarized.ts'
import { writeTranscript } from '../group-segments.ts'
import { mergeLabels } from '../merge-labels.ts'
import { MergeOptions } from '../options.ts'
import { markOverlap } from '../overlap.ts'
import { createTracks } from '../tracks.ts'
import { type DroppedWord, findBleed, type HeardChannel } from './find-bleed.ts'
import { groupByChannel } from './group-by-channel.ts'
import { areSameAudio } from './same-audio.ts'

export interface MergedChannels extends DiarizedTranscript {
  /** Words that only leaked from another channel. */
  dropped: DroppedWord[]
  /** Whether all channels hold one recording, so that they cannot tell speakers apart. */
  same_audio: boolean
}

/**
 * One transcript of channels with a speaker each. Where all of them hold the same recording, the words
 * of the first count, and `turns` say who speaks.
 */
export function mergeChannels(
  given: readonly HeardChannel[],
  turns: readonly Turn[] = [],
  options: Partial<MergeOptions> = {},
): MergedChannels {
  const chosen = Value.Default(MergeOptions, { ...options }) as MergeOptions
  const channels = given.map((channel) => ({ ...channel, words: inTime(channel.words) }))
  const [first, ...rest] = channels
  if (first && rest.length > 0 && rest.every((other) => areSameAudio(first, other))) {
    const merged = mergeLabels(first.words, turns, chosen)
    const warnings = [`All ${channels.length} channels hold the same audio.`, ...merged.warnings]
    return { ...merged, warnings, dropped: [], same_audio: true }
  }
  const dropped = channels.flatMap((channel) =>
    findBleed(
      channel,
      channels.filter((other) => other !== channel),
      chosen,
    ),
  )
  const spoken = keep(channels, dropped)
  markOverlap(spoken, createTracks(spoken))
  const runs = groupByChannel(spoken, chosen.max_gap_s)
  const transcript = writeTranscript(runs, chosen.labels, { warnings: warn(channels) })
  return { ...transcript, dropped, same_audio: false }
}

const inTime = (words: readonly Word[]): Word[] =>
  [...words].sort((a, b) => a.start - b.start || a.end - b.end)

/** What was not dropped, of all channels, in order of time. */
function keep(channels: readonly HeardChannel[], dropped: readonly DroppedWord[]): SpokenWord[] {
  const gone = new Set(dropped.map(keyOf))
  return channels
    .flatMap(({ name, words }) =>
      words
        .filter((word) => !gone.has(keyOf({ ...word, channel: name })))
        .map((word) => ({ ...word, speaker: name })),
    )
    .sort((a, b) => a.start - b.start || a.end - b.end)
}

const keyOf = ({ channel, word, start, end }: Word & { channel: string }): string =>
  JSON.stringify([channel, word, start, end])

function warn(channels: readonly HeardChannel[]): string[] {
  const silent = channels.filter(({ levels }) => !levels).map(({ name }) => name)
  if (silent.length === 0 || channels.length < 2) return []
  return [
    `How loud ${silent.join(' and ')} is was not sent (audio), so bleed was not looked for there.`,
  ]
}
