import type { Transcript } from '../transcript.ts'

/** One transcript of those of pieces, each with the second it begins at. */
export function joinPieces(
  pieces: readonly { startS: number; transcript: Transcript }[],
): Transcript {
  const moved = pieces.map(({ startS, transcript }) => {
    const move = <T extends { start: number; end: number }>(thing: T): T => ({
      ...thing,
      start: thing.start + startS,
      end: thing.end + startS,
    })
    const { text, words, segments } = transcript
    return { text, words: words.map(move), segments: segments.map(move) }
  })
  const last = pieces.at(-1)
  const language = pieces.find(({ transcript }) => transcript.language)?.transcript.language
  return {
    text: moved.flatMap(({ text }) => text || []).join(' '),
    ...(language !== undefined && { language }),
    words: moved.flatMap(({ words }) => words),
    segments: moved.flatMap(({ segments }) => segments),
    length: last
      ? { seconds: last.startS + (last.transcript.length?.seconds ?? 0), source: 'audio' }
      : null,
    // labels of one piece say nothing of those of another
    turns: [],
  }
}
