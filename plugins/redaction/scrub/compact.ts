import { fold } from '../detect/fold/fold.ts'
import { compose, toSource, type View, ViewBuilder } from '../detect/fold/view.ts'

/** A text without case, accents, blanks and punctuation: what makes two spellings one. */
export interface Compact {
  /** Letters in lower case and digits, one after the other. */
  text: string
  /** Whether a word or a number begins at this place of `text`, or ends before it. */
  isEdge(at: number): boolean
  /** Where a range of it lies in the text it was made of. */
  toSource(start: number, end: number): { start: number; end: number }
}

const KEPT = /\p{L}|\p{N}/u
const DIGIT = /\p{N}/u

/** Compatibility forms, look-alike letters and what cannot be seen are folded as detection does. */
export function compact(text: string): Compact {
  const folded = fold(text)
  const builder = new ViewBuilder()
  const edges = new Set<number>([0])
  let length = 0
  let last: 'letter' | 'digit' | 'other' = 'other'
  let at = 0
  for (const char of folded.text) {
    const end = at + char.length
    const kind = !KEPT.test(char) ? 'other' : DIGIT.test(char) ? 'digit' : 'letter'
    // an accent of its own belongs to the letter before
    if (!MARK.test(char)) {
      if (kind !== last) edges.add(length)
      last = kind
    }
    if (kind !== 'other') {
      const plain = char.normalize('NFKD').replace(MARKS, '').toLowerCase() || char.toLowerCase()
      builder.add(plain, at, end)
      length += plain.length
    }
    at = end
  }
  edges.add(length)
  const view = compose(folded, builder.build())
  return {
    text: view.text,
    isEdge: (place) => edges.has(place),
    toSource: (start, end) => wholeOf(view, start, end),
  }
}

const MARK = /^\p{M}$/u
const MARKS = /\p{M}+/gu

const wholeOf = (view: View, start: number, end: number) => toSource(view, start, end)
