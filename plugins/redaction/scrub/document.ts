import type { Finding } from '../detect/index.ts'
import type { LeafView, Mask } from './leaf.ts'

/** Everything that is looked at as one text, so that what is said in one place helps in another. */
export interface Document {
  text: string
  /** What was found, by view, in offsets of the view as it was given. */
  sort(findings: readonly Finding[]): Map<LeafView, Mask[]>
}

/** A view as it stands in the document: pieces of its own text, and placeholders between them. */
export interface Shown {
  view: LeafView
  pieces: readonly Piece[]
}

export interface Piece {
  text: string
  /** Where it begins in the view; undefined for a placeholder. */
  from: number | undefined
}

interface Place {
  view: LeafView
  start: number
  end: number
  from: number
}

/** A single text without a label is the document as it is. */
export function createDocument(shown: readonly Shown[]): Document {
  const parts: string[] = []
  const places: Place[] = []
  let length = 0
  const add = (text: string): void => {
    parts.push(text)
    length += text.length
  }
  for (const { view, pieces } of shown) {
    const own = pieces.map(({ text }) => text).join('')
    if (isLabelTold(view, own)) add(`${view.label}: `)
    for (const { text, from } of pieces) {
      if (from !== undefined) places.push({ view, start: length, end: length + text.length, from })
      add(text)
    }
    if (shown.length > 1) add('\n\n')
  }
  return { text: parts.join(''), sort: (findings) => sortBy(places, findings) }
}

/** A single word is told by its label; a sentence speaks for itself. */
const isLabelTold = ({ label }: LeafView, text: string): boolean =>
  label !== undefined && label.length <= 64 && !/\s/.test(text.trim())

function sortBy(places: readonly Place[], findings: readonly Finding[]): Map<LeafView, Mask[]> {
  const masks = new Map<LeafView, Mask[]>()
  let first = 0
  for (const { start, end, type, layer } of findings) {
    while ((places[first]?.end ?? Number.POSITIVE_INFINITY) <= start) first++
    for (let at = first; (places[at]?.start ?? Number.POSITIVE_INFINITY) < end; at++) {
      const place = places[at] as Place
      const from = place.from + Math.max(start, place.start) - place.start
      const to = place.from + Math.min(end, place.end) - place.start
      if (to <= from || !TOLD.test(place.view.text.slice(from, to))) continue
      const list = masks.get(place.view) ?? []
      list.push({ start: from, end: to, type, layer })
      masks.set(place.view, list)
    }
  }
  return masks
}

/** Blanks and punctuation alone are nothing to mask; what is left of a finding may be just that. */
const TOLD = /[^\s\p{P}]/u
