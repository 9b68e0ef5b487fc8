/** What is printed of an answer, in the shape of diarized_json or verbose_json. */
export interface Transcript {
  duration: number
  segments: { start: number; end: number; text: string; speaker?: string }[]
  speakers?: { id: string; seconds: number; words: number }[]
  warnings?: string[]
}

const MOST_LINES = 40

/** The report of a try, for a person: lines with times and speakers, then the figures. */
export function writeReport(
  { duration, segments, speakers = [], warnings = [] }: Transcript,
  { tookS, canTell }: { tookS: number; canTell: boolean },
): string {
  const lines = segments
    .slice(0, MOST_LINES)
    .map(
      ({ start, text, speaker }) =>
        `${clockTime(start)}  ${speaker ? `${speaker}: ` : ''}${text.trim()}`,
    )
  const more = segments.length - lines.length
  const faster =
    duration > 0 && tookS > 0 ? `, ${(duration / tookS).toFixed(1)} × faster than speech` : ''
  return [
    '',
    ...lines,
    ...(more > 0 ? [`… and ${more} more`] : []),
    '',
    `${clockTime(duration)} of audio in ${tookS.toFixed(1)} s${faster}`,
    ...speakers.map(
      ({ id, seconds, words }) => `${id} spoke ${words} words, ${Math.round(seconds)} s`,
    ),
    ...(canTell
      ? []
      : ['Speakers are not told apart: the service has no diarize in topology.yaml.']),
    ...(segments.length === 0 ? ['Nothing was heard.'] : []),
    ...warnings.map((warning) => `Note: ${warning}`),
    '',
  ].join('\n')
}

function clockTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}
