/** What the beginning of a form tells: its model, that there is none to be found, or nothing yet. */
export type FoundPart = { model: string | null } | 'more'

/** As much of a form is looked through. */
export const MAX_PEEK_BYTES = 64 * 1024

/**
 * Looks for the `model` part in the beginning of a multipart body, as it comes. A file part before it
 * ends the search: what follows may be megabytes away. However the bytes are cut, each is looked at
 * once or twice.
 */
export class FormPeek {
  readonly #mark: Buffer | null
  #bytes: Buffer = Buffer.alloc(2048)
  #length = 0
  /** Where the head of the part at hand begins; -1 before the first boundary. */
  #head = -1
  /** Where its content begins; -1 while its head is not whole. */
  #content = -1
  #name: string | undefined
  /** Where the next search begins. */
  #from = 0

  constructor(contentType: string) {
    const boundary = BOUNDARY.exec(contentType)
    this.#mark = boundary && Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`, 'latin1')
    // The first boundary has no line before it.
    this.#keep(LINE_END)
  }

  take(chunk: Buffer): FoundPart {
    if (!this.#mark) return NONE
    this.#keep(chunk)
    for (;;) {
      const found = this.#content === -1 ? this.#readHead() : this.#readContent(this.#mark)
      if (found) return found === 'more' && this.#length > MAX_PEEK_BYTES ? NONE : found
    }
  }

  #readHead(): FoundPart | undefined {
    if (this.#head === -1) return this.#readContent(this.#mark as Buffer)
    const isLast = this.#text(this.#head, this.#head + 2) === '--'
    if (isLast) return NONE
    const end = this.#find(HEAD_END)
    if (end === -1) return this.#length - this.#head > MAX_HEAD_BYTES ? NONE : 'more'
    const head = this.#text(this.#head, end)
    if (head.length > MAX_HEAD_BYTES || /;\s*filename\*?=/i.test(head)) return NONE
    this.#name = nameOf(head)
    this.#content = end + HEAD_END.length
    // An empty part ends with the line end of its head.
    this.#from = end + 2
    return undefined
  }

  #readContent(mark: Buffer): FoundPart | undefined {
    const end = this.#find(mark)
    if (end === -1) return 'more'
    if (this.#content !== -1 && this.#name === 'model')
      return { model: this.#text(this.#content, end).trim() || null }
    this.#head = end + mark.length
    this.#from = this.#head
    this.#content = -1
    return undefined
  }

  /** Where the pattern is from `#from` on; if nowhere, the next search goes on where it could begin. */
  #find(pattern: Buffer): number {
    const at = this.#bytes.subarray(0, this.#length).indexOf(pattern, this.#from)
    if (at === -1) this.#from = Math.max(this.#from, this.#length - pattern.length + 1)
    return at
  }

  #keep(chunk: Buffer): void {
    const length = this.#length + Math.min(chunk.length, MAX_PEEK_BYTES + 3 - this.#length)
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(length, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, this.#length, 0, length - this.#length)
    this.#length = length
  }

  #text(from: number, to: number): string {
    return this.#bytes.toString('utf8', from, Math.min(to, this.#length))
  }
}

const NONE: FoundPart = { model: null }
const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
const MAX_HEAD_BYTES = 8 * 1024
const BOUNDARY = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i

function nameOf(head: string): string | undefined {
  const match = /content-disposition:[^\r\n]*?;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(head)
  return match?.[1] ?? match?.[2]
}
