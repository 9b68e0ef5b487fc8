import type { Cue } from './cues.ts'

/** SubRip. */
export const writeSrt = (cues: readonly Cue[]): string =>
  cues.map((cue, index) => `${index + 1}\n${timesOf(cue, ',')}\n${lineOf(cue.text)}\n\n`).join('')

/** WebVTT. */
export const writeVtt = (cues: readonly Cue[]): string =>
  `WEBVTT\n\n${cues.map((cue) => `${timesOf(cue, '.')}\n${escaped(lineOf(cue.text))}\n\n`).join('')}`

const timesOf = ({ start, end }: Cue, point: string): string =>
  `${clockTime(start, point)} --> ${clockTime(end, point)}`

function clockTime(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const rest = String(ms % 1000).padStart(3, '0')
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${rest}`
}

/** A cue ends at an empty line, so it has none. */
const lineOf = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' ')

/** In WebVTT these begin tags and entities, and an arrow would be a time. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
