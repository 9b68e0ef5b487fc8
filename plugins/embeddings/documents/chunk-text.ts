/** A piece of a text, and where it stands there (UTF-16 units, `end` exclusive). */
export interface Chunk {
  begin: number
  end: number
  text: string
}

export interface ChunkOptions {
  maxChars: number
  /** Whole sentences of the last chunk that the next begins with, in characters at most. */
  overlapChars: number
}

type Span = Pick<Chunk, 'begin' | 'end'>

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' })
const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/**
 * Cuts a text into chunks of whole sentences. What is longer than a chunk is cut between words, and
 * a word that long between characters; no character is ever cut in two. Nothing but white space is left out.
 */
export function chunkText(text: string, { maxChars, overlapChars }: ChunkOptions): Chunk[] {
  // a chunk must bring more than the white space after the one before
  const pieces = [...pieceOut(text, maxChars)].filter((piece) => trim(text, piece.begin, piece.end))
  const chunks: Chunk[] = []
  let first = 0
  while (first < pieces.length) {
    const begin = beginOf(pieces, first)
    let next = first
    while (next < pieces.length && endOf(pieces, next) - begin <= maxChars) next++
    const chunk = trim(text, begin, endOf(pieces, next - 1))
    if (chunk) chunks.push(chunk)
    if (next === pieces.length) break
    first = stepBack(pieces, first, next, { maxChars, overlapChars })
  }
  return chunks
}

const beginOf = (pieces: Span[], n: number): number => pieces[n]?.begin ?? 0
const endOf = (pieces: Span[], n: number): number => pieces[n]?.end ?? 0

/** Where the chunk begins that first holds piece `next`; always after `first`. */
function stepBack(pieces: Span[], first: number, next: number, options: ChunkOptions): number {
  let at = next
  while (
    at - 1 > first &&
    endOf(pieces, next - 1) - beginOf(pieces, at - 1) <= options.overlapChars &&
    endOf(pieces, next) - beginOf(pieces, at - 1) <= options.maxChars
  )
    at--
  return at
}

/** Sentences one after the other, those longer than a chunk in parts. */
function* pieceOut(text: string, maxChars: number): Iterable<Span> {
  for (const { index, segment } of sentences.segment(text)) {
    if (segment.length <= maxChars) yield { begin: index, end: index + segment.length }
    else yield* cut(text, { begin: index, end: index + segment.length }, maxChars)
  }
}

function* cut(text: string, span: Span, maxChars: number): Iterable<Span> {
  let { begin } = span
  let end = begin
  for (const { index, segment } of words.segment(text.slice(span.begin, span.end))) {
    const wordEnd = span.begin + index + segment.length
    if (wordEnd - begin > maxChars && end > begin) {
      yield { begin, end }
      begin = end
    }
    end = wordEnd
    while (end - begin > maxChars) {
      const at = wholeCharacter(text, begin + maxChars)
      yield { begin, end: at }
      begin = at
    }
  }
  if (end > begin) yield { begin, end }
}

/** Not between the two halves of a surrogate pair. */
const wholeCharacter = (text: string, at: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at))
    ? at - 1
    : at

function trim(text: string, from: number, to: number): Chunk | undefined {
  const part = text.slice(from, to)
  const begin = from + part.length - part.trimStart().length
  const trimmed = part.trim()
  return trimmed ? { begin, end: begin + trimmed.length, text: trimmed } : undefined
}
