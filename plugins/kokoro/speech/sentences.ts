/** Kokoro speaks texts of this length in one go; what is longer is made of pieces. */
const PIECE_CHARS = 600

/**
 * A text in pieces of whole sentences, at most `most` characters each unless one sentence is longer.
 * Joined, the pieces are the text, but for the blanks between them.
 */
export function splitSentences(text: string, most = PIECE_CHARS): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const sentence of sentencesOf(text)) {
    const isFull = piece.trim() !== '' && piece.length + sentence.trimEnd().length > most
    // a tag such as [pause:1.5s] is never cut in two
    if (isFull && !isInTag(piece)) {
      pieces.push(piece.trim())
      piece = ''
    }
    piece += sentence
  }
  if (piece.trim() !== '') pieces.push(piece.trim())
  return pieces
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })

const sentencesOf = (text: string): string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment)

const isInTag = (text: string): boolean => text.lastIndexOf('[') > text.lastIndexOf(']')
