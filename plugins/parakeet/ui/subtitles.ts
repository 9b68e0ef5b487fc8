import type { Said, SaidTurn } from './transcript.ts'

/** A subtitle: what stands on the screen from when to when, in seconds. */
interface Cue {
  start: number
  end: number
  text: string
}

/** Two lines of 42 characters and seven seconds are what subtitlers go by. */
const MOST_CHARS = 84
const LONGEST_S = 7

/** The words alone, a paragraph a turn, with the speaker before what they say. */
export const writeText = ({ turns }: Said): string =>
  turns
    .map(({ speaker, text }) => (speaker === undefined ? text : `${speaker}: ${text}`))
    .join('\n\n')

/** SubRip, with the speaker before what they say. */
export const writeSrt = ({ turns }: Said): string =>
  turns
    .flatMap(cuesOf)
    .map((cue, at) => `${at + 1}\n${times(cue, ',')}\n${cue.text}\n\n`)
    .join('')

/** WebVTT, with the speaker as its voice tag. */
export const writeVtt = ({ turns }: Said): string =>
  `WEBVTT\n\n${turns
    .flatMap((turn) => {
      const voice = turn.speaker === undefined ? '' : `<v ${escaped(turn.speaker)}>`
      return cuesOf({ ...turn, speaker: undefined }).map(
        (cue) => `${times(cue, '.')}\n${voice}${escaped(cue.text)}\n\n`,
      )
    })
    .join('')}`

function cuesOf({ speaker, words }: SaidTurn): Cue[] {
  const cues: Cue[] = []
  for (const { word, start, end } of words) {
    const last = cues.at(-1)
    const text = last ? `${last.text} ${word}` : word
    if (last && text.length <= MOST_CHARS && end - last.start <= LONGEST_S) {
      last.text = text
      last.end = end
    } else cues.push({ start, end, text: word })
  }
  return cues.map((cue) => ({
    ...cue,
    text: speaker === undefined ? cue.text : `${speaker}: ${cue.text}`,
  }))
}

const times = ({ start, end }: Cue, point: string): string =>
  `${clock(start, point)} --> ${clock(end, point)}`

function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const rest = String(ms % 1000).padStart(3, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${rest}`
}

/** In WebVTT these begin tags and entities, and an arrow would be a time. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
