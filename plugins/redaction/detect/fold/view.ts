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
  #starts: number[] = []
  #ends: number[] = []

  /** `text` stands for the source from `start` to `end`. */
  add(text: string, start: number, end: number): void {
    this.#text.push(text)
    for (let i = 0; i < text.length; i++) {
      this.#starts.push(start)
      this.#ends.push(end)
    }
  }

  build(): View {
    return {
      text: this.#text.join(''),
      starts: Int32Array.from(this.#starts),
      ends: Int32Array.from(this.#ends),
    }
  }
}
