/** So many pieces are joined into one: each costs some hundred bytes besides its own. */
const JOINED_AT = 1024

/**
 * Bytes that come in pieces. However small they are (HTTP lets a chunk be one byte, a box may send
 * packets of one), what is kept takes little more memory than the bytes themselves.
 */
export class Pieces {
  /** Joined ones first, then fewer than JOINED_AT as they came. */
  #pieces: Buffer[] = []
  #joined = 0
  sizeBytes = 0

  add(piece: Buffer): void {
    this.#pieces.push(piece)
    this.sizeBytes += piece.byteLength
    if (this.#pieces.length - this.#joined < JOINED_AT) return
    this.#pieces.push(Buffer.concat(this.#pieces.splice(this.#joined)))
    this.#joined += 1
  }

  /** All of them in one; not copied where there is but one. */
  whole(): Buffer {
    const [first, second] = this.#pieces
    if (first && !second) return first
    return Buffer.concat(this.#pieces, this.sizeBytes)
  }
}

/** All bytes of a body, whatever its pieces. Throws what `tooMuch` makes once there are more than `maxBytes`. */
export async function gather(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  tooMuch: () => Error,
): Promise<Buffer> {
  const pieces = new Pieces()
  for await (const piece of body) {
    pieces.add(piece as Buffer)
    if (pieces.sizeBytes > maxBytes) throw tooMuch()
  }
  return pieces.whole()
}
