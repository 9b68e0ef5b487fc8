import { StringDecoder } from 'node:string_decoder'
import { Pieces } from '../pieces.ts'

/** Keeps the last `maxBytes` of a stream. */
export class Tail {
  readonly #maxBytes: number
  #pieces = new Pieces()
  isTruncated = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Buffer): void {
    this.#pieces.add(chunk)
    // Joined only when there is twice as much as is kept: each byte is copied at most twice.
    if (this.#pieces.sizeBytes > 2 * this.#maxBytes) this.#cut()
  }

  text(): string {
    if (this.#pieces.sizeBytes > this.#maxBytes) this.#cut()
    const bytes = this.#pieces.whole()
    return (this.isTruncated ? bytes.subarray(firstWhole(bytes)) : bytes).toString('utf8')
  }

  #cut() {
    const bytes = this.#pieces.whole()
    this.#pieces = new Pieces()
    // a copy, so that the long buffer can go
    this.#pieces.add(Buffer.from(bytes.subarray(bytes.length - this.#maxBytes)))
    this.isTruncated = true
  }
}

/** Longest line that is handed on whole; a longer one comes in pieces of this many characters. */
export const MAX_LINE = 64 * 1024

/** Cuts a stream into lines at `\n`, `\r` and `\r\n`; what a lone `\r` leaves empty is no line. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #rest = ''
  #isAfterReturn = false
  /** Whether the lone-looking `\r` before had nothing in front of it. */
  #wasEmptyReturn = false

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(chunk: Buffer): void {
    this.#read(this.#decoder.write(chunk))
  }

  /** Hands on a last line that no line end follows. */
  end(): void {
    this.#read(this.#decoder.end())
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }

  #read(text: string) {
    let from = 0
    for (const { index } of text.matchAll(/[\r\n]/g)) {
      const line = this.#rest + text.slice(from, index)
      const isReturn = text.charAt(index) === '\r'
      const isEmpty = line === ''
      const isDropped = isEmpty && (isReturn || (this.#isAfterReturn && !this.#wasEmptyReturn))
      this.#wasEmptyReturn = isReturn && isEmpty
      this.#isAfterReturn = isReturn
      this.#rest = ''
      from = index + 1
      if (!isDropped) this.#onLine(line)
    }
    if (from < text.length) this.#isAfterReturn = false
    this.#rest += text.slice(from)
    while (this.#rest.length > MAX_LINE) {
      this.#onLine(this.#rest.slice(0, MAX_LINE))
      this.#rest = this.#rest.slice(MAX_LINE)
    }
  }
}

/** Where the first whole UTF-8 character begins. */
function firstWhole(bytes: Buffer): number {
  let at = 0
  while (at < 4 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++
  return at
}
