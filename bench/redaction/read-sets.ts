import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A labelled text; offsets in UTF-16 units. */
export interface GoldDoc {
  text: string
  spans: GoldSpan[]
}

export interface GoldSpan {
  type: string
  start: number
  end: number
}

/** A set of `{ docs: [{ text, spans: [{ type, start, end }] }] }`; throws where the file is missing. */
export function readSet(folder: string, file: string): GoldDoc[] {
  const { docs } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { docs: GoldDoc[] }
  return docs
}

/** Chat and un-cased transcripts: the same text in small letters, where that keeps every offset. */
export const lowerCased = (docs: readonly GoldDoc[]): GoldDoc[] =>
  docs
    .map(({ text, spans }) => ({ text: text.toLowerCase(), spans, length: text.length }))
    .filter(({ text, length }) => text.length === length)

interface Vector {
  recognizer: string
  text: string
  expected_positions?: [number, number][]
}

/** The cases of one recogniser in a set of `{ cases: [{ recognizer, text, expected_positions }] }`, as labelled texts. */
export function readVectors(
  folder: string,
  file: string,
  recognizer: string,
  type: string,
): GoldDoc[] {
  const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { cases: Vector[] }
  return cases
    .filter((one) => one.recognizer === recognizer && (one.expected_positions?.length ?? 0) > 0)
    .map(({ text, expected_positions = [] }) => ({
      text,
      spans: expected_positions.map(([start, end]) => ({ type, start, end })),
    }))
}
