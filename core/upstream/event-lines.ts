import { Pieces } from '../pieces.ts'

/** What is done with the chunks of an event stream on their way down. */
export interface Lines {
  /** What can go on now, if anything. */
  take(chunk: Buffer): Buffer | null
  /** What is left at a clean end. */
  rest(): Buffer | null
  /** What has to stand before an event that is added. */
  seam(): string
}

/**
 * Hands on only whole lines of an event stream, so that a server that dies in the middle of one
 * leaves the reader a stream that can still carry an error event. Costs no time: a reader cannot
 * use half a line either.
 */
export class EventLines implements Lines {
  #held: Pieces | null = null
  #isMidLine = false

  /** What can go on now; null when the chunk has no line end and is held. */
  take(chunk: Buffer): Buffer | null {
    const held = this.#held
    const last = chunk.length - 1
    const end = isLineEnd(chunk[last]) ? last : lastLineEnd(chunk)
    if (end === -1 && (held?.sizeBytes ?? 0) + chunk.length < MAX_HELD_BYTES) {
      this.#hold(chunk)
      return null
    }
    // A line too long to hold goes on as it comes.
    const cut = end === -1 ? chunk.length : end + 1
    this.#isMidLine = end === -1
    const whole = cut === chunk.length ? chunk : chunk.subarray(0, cut)
    held?.add(whole)
    this.#held = null
    if (cut < chunk.length) this.#hold(chunk.subarray(cut))
    return held ? held.whole() : whole
  }

  #hold(part: Buffer): void {
    this.#held ??= new Pieces()
    this.#held.add(part)
  }

  /** What is still held at a clean end. */
  rest(): Buffer | null {
    const held = this.#held
    this.#held = null
    return held?.whole() ?? null
  }

  /** What ends the event that was being sent when the server broke off; the half line is dropped. */
  seam(): string {
    this.#held = null
    return this.#isMidLine ? '\n\n' : '\n'
  }
}

const MAX_HELD_BYTES = 64 * 1024

const isLineEnd = (byte: number | undefined): boolean => byte === 10 || byte === 13

const lastLineEnd = (chunk: Buffer): number =>
  Math.max(chunk.lastIndexOf(10), chunk.lastIndexOf(13))
