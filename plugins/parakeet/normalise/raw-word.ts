/** A word or piece of one as some server wrote it: times in its own unit, maybe missing. */
export interface RawWord {
  word: string
  start?: number
  end?: number
  confidence?: number
  speaker?: string
}

type Fields = Readonly<Record<string, unknown>>

/** A JSON object, or undefined. */
export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined

/** The first of these fields that is a number at all; servers use many names for one thing. */
export function numberOf(fields: Fields, ...names: string[]): number | undefined {
  for (const name of names) {
    const value = fields[name]
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
  }
  return undefined
}

/** The first of these fields that is text. */
export function textOf(fields: Fields, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = fields[name]
    if (typeof value === 'string') return value
  }
  return undefined
}

/** The words of a list; entries that are none (null, without text) are left out. */
export function rawWords(list: unknown): RawWord[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) => {
    const fields = fieldsOf(entry)
    const word = fields && textOf(fields, 'word', 'text', 'w', 'token')
    return fields && word !== undefined && word.trim() !== '' ? [rawWord(fields, word)] : []
  })
}

function rawWord(fields: Fields, word: string): RawWord {
  const start = timeOf(fields, 'start', 'start_time', 'startTime')
  const end = timeOf(fields, 'end', 'end_time', 'endTime')
  const confidence = numberOf(fields, 'confidence', 'conf', 'score', 'probability')
  const speaker = speakerOf(fields)
  return {
    word,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(confidence !== undefined && confidence >= 0 && confidence <= 1 && { confidence }),
    ...(speaker !== undefined && { speaker }),
  }
}

/** Who a word or segment is of; `unknown` is nobody. */
export function speakerOf(fields: Fields): string | undefined {
  const tag = numberOf(fields, 'speaker_tag')
  // Riva numbers its speakers from 1; 0 is none
  if (tag !== undefined) return tag > 0 ? `speaker_${tag}` : undefined
  const name = textOf(fields, 'speaker')?.trim()
  return name === undefined || name === '' || /^unknown$/i.test(name) ? undefined : name
}

const timeOf = (fields: Fields, ...names: string[]): number | undefined => {
  const time = numberOf(fields, ...names)
  return time !== undefined && time >= 0 ? time : undefined
}
