import { round } from '../round.ts'
import type { DiarizedSegment, DiarizedTranscript, SpeakerSummary, SpokenWord } from './diarized.ts'
import { joinWords } from './join-words.ts'
import { nameSpeakers } from './name-speakers.ts'
import type { MergeOptions } from './options.ts'

interface Besides {
  warnings: string[]
  /** Length of the audio where it is known; else the end of the last word counts. */
  durationS?: number
}

/** Runs of words of one speaker each, with no silence in them longer than `max_gap_s`. */
export function groupRuns(words: readonly SpokenWord[], maxGapS: number): SpokenWord[][] {
  const runs: SpokenWord[][] = []
  let lastEnd = 0
  for (const word of words) {
    const run = runs.at(-1)
    const goesOn = run?.[0]?.speaker === word.speaker && word.start - lastEnd <= maxGapS
    if (goesOn) run.push(word)
    else runs.push([word])
    lastEnd = goesOn ? Math.max(lastEnd, word.end) : word.end
  }
  return runs
}

/** Runs of words, in order of time, as the transcript that is answered. */
export function writeTranscript(
  runs: readonly (readonly SpokenWord[])[],
  labels: MergeOptions['labels'],
  { warnings, durationS }: Besides,
): DiarizedTranscript {
  const words = runs.flat()
  const names = nameSpeakers(words, labels)
  const speakers = new Map<string, SpeakerSummary>()
  for (const word of words) count(word, speakers, names)
  const segments = runs.map((run, index) => toSegment(run, index, names))
  return {
    task: 'transcribe',
    duration: durationS ?? segments.reduce((latest, { end }) => Math.max(latest, end), 0),
    text: joinWords(segments.map(({ text }) => text)),
    segments,
    speakers: [...speakers.values()].map((each) => ({ ...each, seconds: round(each.seconds) })),
    warnings,
  }
}

function toSegment(
  run: readonly SpokenWord[],
  index: number,
  names: ReadonlyMap<string, string>,
): DiarizedSegment {
  const first = run[0] as SpokenWord
  const speaker = names.get(first.speaker) ?? first.speaker
  return {
    type: 'transcript.text.segment',
    id: `seg_${index + 1}`,
    start: first.start,
    end: run.reduce((latest, { end }) => Math.max(latest, end), first.end),
    text: joinWords(run.map(({ word }) => word)),
    speaker,
    overlap: run.some(({ overlap }) => overlap === true),
    words: run.map((word) => (word.speaker === speaker ? word : { ...word, speaker })),
  }
}

function count(
  { speaker, start, end }: SpokenWord,
  speakers: Map<string, SpeakerSummary>,
  names: ReadonlyMap<string, string>,
): void {
  const before = speakers.get(speaker)
  const summary = before ?? {
    id: names.get(speaker) ?? speaker,
    label: speaker,
    words: 0,
    seconds: 0,
  }
  summary.words += 1
  summary.seconds += end - start
  if (!before) speakers.set(speaker, summary)
}
