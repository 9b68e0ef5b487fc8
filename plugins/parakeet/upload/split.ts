/** One reader's view of a stream. */
export interface Branch extends AsyncIterable<Buffer> {
  /** Nobody will read it, or not to its end: from now on it holds nobody up. */
  leave(): Promise<unknown>
}

/**
 * Gives one stream to several readers, as fast as the slowest: a part is read from the source once
 * every reader has taken the last one, so no more than one part waits for each.
 */
export class Split {
  readonly #source: AsyncIterator<Buffer>
  readonly #readers = new Set<Reader>()
  #isReading = false
  #end: { error?: unknown } | undefined

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** One more reader; all of them before the first part is read. One that breaks off holds nobody up. */
  reader(): Branch {
    const reader: Reader = { part: undefined, wake: undefined }
    this.#readers.add(reader)
    const next = async (): Promise<IteratorResult<Buffer>> => {
      while (reader.part === undefined && !this.#end) {
        const woken = new Promise<void>((resolve) => {
          reader.wake = resolve
        })
        void this.#read()
        await woken
      }
      const { part } = reader
      reader.part = undefined
      if (part !== undefined) return { done: false, value: part }
      if (this.#end && 'error' in this.#end) throw this.#end.error
      return { done: true, value: undefined }
    }
    const leave = async (): Promise<IteratorResult<Buffer>> => {
      this.#readers.delete(reader)
      if (this.#readers.size === 0) await this.#source.return?.()
      else void this.#read()
      return { done: true, value: undefined }
    }
    return { leave, [Symbol.asyncIterator]: () => ({ next, return: leave }) }
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#end) return
    for (const { part, wake } of this.#readers) if (part !== undefined || !wake) return
    this.#isReading = true
    try {
      const { done, value } = await this.#source.next()
      if (done) this.#end = {}
      else for (const reader of this.#readers) reader.part = value
    } catch (error) {
      this.#end = { error }
    }
    this.#isReading = false
    for (const reader of this.#readers) {
      const { wake } = reader
      reader.wake = undefined
      wake?.()
    }
  }
}

interface Reader {
  part: Buffer | undefined
  /** Set while it waits for a part. */
  wake: (() => void) | undefined
}
