/**
 * A text derived from another one, and where each of its UTF-16 units came from: unit `i` stands for
 * `starts[i]` to `ends[i]` of the source. Null maps mean the text is the source itself.
 */
export interface View {
  text: string
  starts: Int32Array | null
  ends: Int32Array | null
}

export const identity = (text: string): View => ({ text, starts: null, ends: null })

/** Where a range of a view lies in its source, whole source characters included. */
export function toSource(view: View, start: number, end: number): { start: number; end: number } {
  if (!view.starts || !view.ends || end <= start) return { start, end }
  return { start: view.starts[start] ?? 0, end: view.ends[end - 1] ?? 0 }
}

/** A view of a view, as a view of the first one's source. */
export function compose(outer: View, inner: View): View {
  if (!inner.starts || !inner.ends) return { ...outer, text: inner.text }
  const { starts, ends } = inner
  if (!outer.starts || !outer.ends) return inner
  const [from, to] = [outer.starts, outer.ends]
  return {
    text: inner.text,
    starts: starts.map((at) => from[at] ?? 0),
    ends: ends.map((at) => to[at - 1] ?? 0),
  }
}

/** Builds a view piece by piece, in order of the source. */
export class ViewBuilder {
  #text: string[] = []
  #starts: Int32Array
  #ends: Int32Array
  #length = 0

  /** `size` is how long the text will be about; it may get longer. */
  constructor(size = 16) {
    this.#starts = new Int32Array(size + 16)
    this.#ends = new Int32Array(size + 16)
  }

  /** `text` stands for the source from `start` to `end`. */
  add(text: string, start: number, end: number): void {
    if (text === '') return
    this.#reserve(text.length)
    this.#text.push(text)
    this.#starts.fill(start, this.#length, this.#length + text.length)
    this.#ends.fill(end, this.#length, this.#length + text.length)
    this.#length += text.length
  }

  /** The source from `from` to `to` stands for itself, unit by unit. */
  copy(source: string, from: number, to: number): void {
    if (to <= from) return
    this.#reserve(to - from)
    this.#text.push(source.slice(from, to))
    for (let at = from; at < to; at++) {
      this.#starts[this.#length] = at
      this.#ends[this.#length] = at + 1
      this.#length++
    }
  }

  build(): View {
    return {
      text: this.#text.join(''),
      starts: this.#starts.slice(0, this.#length),
      ends: this.#ends.slice(0, this.#length),
    }
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#starts.length) return
    const grow = (values: Int32Array): Int32Array => {
      const grown = new Int32Array((this.#length + more) * 2)
      grown.set(values)
      return grown
    }
    this.#starts = grow(this.#starts)
    this.#ends = grow(this.#ends)
  }
}
