import type { FinishReason, Piece } from './generate.ts'
import type { Generation } from './request.ts'

/** What all parts of one answer share. */
export interface Envelope {
  id: string
  created: number
  model: string
}

export interface Usage {
  prompt_tokens: number
  completion_tokens: number
}

/** How an answer is told in one of the dialects. A narrator tells one answer. */
export interface Narrator {
  /** Before the first piece. */
  open(): string
  piece(piece: Piece): string
  close(reason: FinishReason, usage: Usage): string
  /** The whole answer, for those who do not stream. */
  whole(pieces: readonly Piece[], reason: FinishReason, usage: Usage): object
}

/** A dialect: how ids begin, and who tells an answer. */
export interface Dialect {
  idPrefix: string
  narrate(envelope: Envelope, generation: Generation): Narrator
}

/** All text of one kind, joined. */
export function textOf(pieces: readonly Piece[], kind: Piece['kind']): string {
  return pieces
    .filter((piece) => piece.kind === kind)
    .map((piece) => piece.text)
    .join('')
}

/** The name of the tool that is called, if one is. */
export function toolOf(pieces: readonly Piece[]): string | undefined {
  for (const piece of pieces)
    if (piece.kind === 'tool' && piece.name !== undefined) return piece.name
  return undefined
}
