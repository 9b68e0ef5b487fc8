import { round } from '../round.ts'
import type { Segment, Transcript } from '../transcript.ts'

/** What OpenAI's clients expect of every segment; servers here give none, some or all of them. */
const NO_FIGURES = {
  seek: 0,
  tokens: [],
  temperature: 0,
  avg_logprob: 0,
  compression_ratio: 0,
  no_speech_prob: 0,
}

/**
 * OpenAI's verbose_json. `duration_source` says whether the length is that of the audio itself;
 * words whose time is estimated say so.
 */
export function writeVerbose(
  transcript: Transcript,
  { language, hasWords }: { language: string | undefined; hasWords: boolean },
) {
  const { text, words, segments, length } = transcript
  return {
    task: 'transcribe' as const,
    language: transcript.language ?? language ?? 'und',
    duration: round(length?.seconds ?? 0),
    duration_source: length?.source ?? ('unknown' as const),
    text,
    segments: segments.map(writeSegment),
    ...(hasWords && {
      words: words.map((word) => ({ ...word, start: round(word.start), end: round(word.end) })),
    }),
  }
}

const writeSegment = ({ start, end, text, figures }: Segment, id: number) => ({
  id,
  ...NO_FIGURES,
  ...figures,
  ...{ start: round(start), end: round(end), text },
})
