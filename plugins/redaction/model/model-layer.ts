import type { EntityType } from '../entity-types.ts'

/** What a model thinks is personal: offsets in UTF-16 units. */
export interface ModelSpan {
  start: number
  end: number
  type: EntityType
  score?: number
}

/** A detector on another machine of the LAN; its findings only ever add to the own ones. */
export interface ModelLayer {
  /** Throws where it did not answer, or not in the form that was asked for; never with a word of the text. */
  find(text: string, signal: AbortSignal): Promise<ModelSpan[]>
}

/** Posts JSON (nothing: gets) at the server of the layer and gives its answer, parsed; throws where there is none. */
export type Ask = (path: string, body: unknown, signal: AbortSignal) => Promise<unknown>

/** Pieces of at most `most` units, cut at white space where there is any in their second half. */
export function piecesOf(text: string, most: number): { start: number; text: string }[] {
  const pieces: { start: number; text: string }[] = []
  let start = 0
  while (start < text.length) {
    const end = Math.min(text.length, start + most)
    const cut = end === text.length ? end : cutBefore(text, start + (most >> 1), end)
    pieces.push({ start, text: text.slice(start, cut) })
    start = cut
  }
  return pieces
}

function cutBefore(text: string, least: number, end: number): number {
  for (let at = end; at > least; at--) if (/\s/.test(text.charAt(at - 1))) return at
  // never between the halves of a pair
  return /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end
}
