import { fold } from '../detect/fold/fold.ts'
import { toSource } from '../detect/fold/view.ts'

/** A text without case, accents, blanks and punctuation: what makes two spellings one. */
export interface Compact {
  /** Letters in lower case and digits, one after the other. */
  text: string
  /** Whether a word or a number begins at this place of `text`, or ends before it. */
  isEdge(at: number): boolean
  /** Where a range of it lies in the text it was made of. */
  toSource(start: number, end: number): { start: number; end: number }
}

const [OTHER, LETTER, DIGIT] = [0, 1, 2]
/** Of ASCII, which most of a text is. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)))

function kindOf(char: string): number {
  if (/\p{N}/u.test(char)) return DIGIT as number
  return (/\p{L}/u.test(char) ? LETTER : OTHER) as number
}

/** Compatibility forms, look-alike letters and what cannot be seen are folded as detection does. */
export function compact(text: string): Compact {
  const folded = fold(text)
  const source = folded.text
  let plain = ''
  const starts: number[] = []
  const ends: number[] = []
  const edges: boolean[] = []
  let last = OTHER as number
  let isEdge = true
  for (let at = 0; at < source.length; ) {
    const code = source.charCodeAt(at)
    const char = code < 128 ? source.charAt(at) : String.fromCodePoint(source.codePointAt(at) ?? 0)
    const kind = code < 128 ? (KINDS[code] as number) : kindOf(char)
    const end = at + char.length
    // an accent of its own belongs to the letter before
    if (kind !== last && !(code >= 128 && MARK.test(char))) {
      isEdge = true
      last = kind
    }
    if (kind !== OTHER) {
      const letters = code < 128 ? char.toLowerCase() : plainOf(char)
      plain += letters
      for (let n = 0; n < letters.length; n++) {
        starts.push(at)
        ends.push(end)
        edges.push(isEdge && n === 0)
      }
      if (letters !== '') isEdge = false
    }
    at = end
  }
  return {
    text: plain,
    isEdge: (place) => place >= plain.length || edges[place] === true,
    toSource: (start, end) =>
      end <= start
        ? { start, end }
        : toSource(folded, starts[start] as number, ends[end - 1] as number),
  }
}

const MARK = /^\p{M}$/u
const MARKS = /\p{M}+/gu

const plainOf = (char: string): string =>
  char.normalize('NFKD').replace(MARKS, '').toLowerCase() || char.toLowerCase()
