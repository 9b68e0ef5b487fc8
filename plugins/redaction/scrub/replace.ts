import { bareOf, placeholderOf } from '../placeholder/placeholder.ts'
import { encode } from '../rehydrate/encode.ts'
import type { Entry } from '../rehydrate/restorer.ts'
import type { Draft } from '../vault/session.ts'
import type { Piece } from './document.ts'
import { inLeaf, type Leaf, type LeafView, type Mask } from './leaf.ts'

/** One mask in its leaf, and what stands there instead. */
export interface Replacement extends Mask {
  /** Without the quotes a number of JSON gets. */
  placeholder: string
}

/** What is kept of a masked value. In JSON also how it was escaped, where there is more than one way. */
export function entryOf(leaf: Leaf, view: LeafView, { type, start, end }: Mask): Entry {
  const written = leaf.text.slice(inLeaf(view, start), inLeaf(view, end))
  if (view.isNumber) return { type, surface: written, isNumber: true }
  if (!view.isJson) return { type, surface: written }
  const surface = view.text.slice(start, end)
  return encode(surface, 'json') === written ? { type, surface } : { type, surface, json: written }
}

/** A view with placeholders in place of what is masked. */
export function piecesOf(
  leaf: Leaf,
  view: LeafView,
  masks: readonly Mask[],
  draft: Draft,
): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const mask of masks) {
    if (mask.start > at) pieces.push({ text: view.text.slice(at, mask.start), from: at })
    pieces.push({ text: placeholderFor(leaf, view, mask, draft), from: undefined })
    at = mask.end
  }
  if (at < view.text.length) pieces.push({ text: view.text.slice(at), from: at })
  return pieces
}

/** The leaf with placeholders, and where what they stand for was, in order. */
export function replaceIn(
  leaf: Leaf,
  masks: ReadonlyMap<LeafView, readonly Mask[]>,
  draft: Draft,
): { text: string; replacements: Replacement[] } {
  const replacements: Replacement[] = []
  let text = ''
  let at = 0
  for (const view of leaf.views)
    for (const mask of masks.get(view) ?? []) {
      const [start, end] = [inLeaf(view, mask.start), inLeaf(view, mask.end)]
      const placeholder = placeholderFor(leaf, view, mask, draft)
      const isQuoted = view.isNumber && leaf.form === 'json'
      text += leaf.text.slice(at, start) + (isQuoted ? `"${placeholder}"` : placeholder)
      replacements.push({ ...mask, start, end, placeholder })
      at = end
    }
  return { text: text + leaf.text.slice(at), replacements }
}

function placeholderFor(leaf: Leaf, view: LeafView, mask: Mask, draft: Draft): string {
  const ordinal = draft.place(entryOf(leaf, view, mask))
  const type = draft.typeAt(ordinal) ?? mask.type
  // programs refuse brackets in a name
  return leaf.form === 'name'
    ? bareOf(type, ordinal, draft.checkOf)
    : placeholderOf(type, ordinal, draft.checkOf)
}
