import type { RawWord } from './raw-word.ts'

/** Marks some tokenizers put at the beginning of a word (▁, Ġ) or of what continues one (##). */
const MARKS = /^(?:[▁Ġ]|##)+/u

const clean = (piece: string): string => piece.trim().replace(MARKS, '').trim()

/**
 * Whether a server's "words" are pieces of words, though nothing says so: they carry a tokenizer's
 * marks, or there are more of them than words and together they spell the text.
 */
export function looksLikePieces(words: readonly RawWord[], text: string): boolean {
  if (words.some(({ word }) => MARKS.test(word.trim()))) return true
  const count = text.split(/\s+/).filter(Boolean).length
  if (count === 0 || words.length <= count) return false
  const spelled = words.map(({ word }) => clean(word)).join('')
  return spelled.toLowerCase() === text.replace(/\s+/g, '').toLowerCase()
}

/**
 * Puts pieces of words together again by walking the text and using up the pieces it is spelled
 * with. A word whose pieces are not found has no times; pieces the text does not have are left out.
 * Linear in the length of both.
 */
export function rejoinPieces(pieces: readonly RawWord[], text: string): RawWord[] {
  const rest = pieces.map((piece) => ({ ...piece, word: clean(piece.word) }))
  let at = 0
  return text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      const found = takeWord(rest, at, word)
      if (!found) return { word }
      at = found.next
      return joined(word, rest.slice(found.from, found.next))
    })
}

/** How many pieces may be strangers to the text before a word counts as not found. */
const MOST_STRANGERS = 12

function takeWord(
  pieces: readonly RawWord[],
  at: number,
  word: string,
): { from: number; next: number } | undefined {
  for (let from = at; from < Math.min(pieces.length, at + MOST_STRANGERS); from += 1) {
    const next = spell(pieces, from, word)
    if (next !== undefined) return { from, next }
  }
  return undefined
}

/** Behind the last of the pieces that spell the word, beginning at `from`. */
function spell(pieces: readonly RawWord[], from: number, word: string): number | undefined {
  const wanted = word.toLowerCase()
  let spelled = ''
  for (let at = from; at < pieces.length; at += 1) {
    spelled += (pieces[at]?.word ?? '').toLowerCase()
    if (spelled === wanted) return at + 1
    if (spelled === '' && at > from) return undefined
    if (!wanted.startsWith(spelled)) return undefined
  }
  return undefined
}

function joined(word: string, parts: readonly RawWord[]): RawWord {
  const start = parts.find((part) => part.start !== undefined)?.start
  const end = parts.findLast((part) => part.end !== undefined)?.end
  const speaker = parts[0]?.speaker
  const all = parts.flatMap(({ confidence }) => confidence ?? [])
  return {
    word,
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    // a word is as sure as its least sure piece
    ...(all.length > 0 && { confidence: Math.min(...all) }),
    ...(speaker !== undefined && { speaker }),
  }
}
