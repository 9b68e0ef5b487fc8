import type { DetectContext, Finding } from '../detect/index.ts'
import { lookAlikes } from '../placeholder/resolve.ts'
import { Refused } from '../refused.ts'
import { type Draft, draftOf, type Session } from '../vault/session.ts'
import { binaryIn } from './binary.ts'
import { createDocument, type Document } from './document.ts'
import type { Leaf, LeafView, Mask } from './leaf.ts'
import { settle } from './masks.ts'
import { entryOf, piecesOf } from './replace.ts'
import { indexValues } from './value-index.ts'

/** What masking needs besides the text. */
export interface MaskTools {
  /** Finds what must not get out, with what the session knows. */
  scan(text: string, of: Pick<DetectContext, 'known' | 'added'>): readonly Finding[]
  /** As `scan`, for the first look, at everything as it was given. */
  scanFirst: MaskTools['scan']
  /** What happens to what nobody can look into. */
  binary: 'refuse' | 'blank'
}

export interface Masked {
  /** Settled: in order and disjoint. */
  masks: ReadonlyMap<LeafView, readonly Mask[]>
  /** The values, and their placeholders. */
  draft: Draft
}

/** What is masked hides what was next to it, so it is looked at again until nothing more is found. */
const MOST_ROUNDS = 8

/**
 * Finds what to mask until another look at the result finds nothing, and no value stands anywhere in
 * it, however it is spelled. Throws BINARY_REFUSED, NOT_SETTLED, SESSION_FULL, what `scan` throws.
 */
export function maskLeaves(leaves: readonly Leaf[], session: Session, tools: MaskTools): Masked {
  const masks = new Map<LeafView, Mask[]>()
  for (const leaf of leaves) maskForeign(leaf, masks, session, tools)
  const views = leaves.flatMap((leaf) => leaf.views.map((view) => ({ leaf, view })))
  look(plainDocument(leaves), masks, { ...tools, scan: tools.scanFirst }, session)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    spread(leaves, masks, session)
    const draft = draftOf(session)
    const shown = views.map(({ leaf, view }) => ({
      view,
      pieces: piecesOf(leaf, view, masks.get(view) ?? [], draft),
    }))
    const isNew = look(createDocument(shown), masks, tools, session, draft)
    if (!isNew) return { masks, draft }
  }
  throw new Refused('NOT_SETTLED')
}

/** Everything as it was given, as the first look reads it. */
export const plainDocument = (leaves: readonly Leaf[]): Document =>
  createDocument(
    leaves.flatMap(({ views }) =>
      views.map((view) => ({ view, pieces: [{ text: view.text, from: 0 }] })),
    ),
  )

/** Whether there is a picture, sound or file in them. */
export const hasBinary = (leaves: readonly Leaf[]): boolean =>
  leaves.some(({ views }) => views.some((view) => blobsIn(view).length > 0))

const blobsIn = (view: LeafView) =>
  view.isBinary ? [{ start: 0, end: view.text.length }] : binaryIn(view.text)

/** Adds masks to a view; they stay settled. */
function add(masks: Map<LeafView, Mask[]>, view: LeafView, more: readonly Mask[]): void {
  if (more.length > 0) masks.set(view, settle(view, [...(masks.get(view) ?? []), ...more]))
}

/** Looks at a document; whether anything was found that is not masked yet. */
function look(
  document: Document,
  masks: Map<LeafView, Mask[]>,
  { scan }: MaskTools,
  { entries }: Session,
  draft?: Draft,
): boolean {
  const found = document.sort(scan(document.text, { known: entries, added: draft?.added ?? [] }))
  for (const [view, more] of found) add(masks, view, more)
  return found.size > 0
}

/** What is not for the detector: pictures and sound, and what could be taken for a placeholder. */
function maskForeign(
  leaf: Leaf,
  masks: Map<LeafView, Mask[]>,
  { checkOf }: Session,
  { binary }: MaskTools,
): void {
  // in JSON a look-alike may be escaped, and is then none in what it says
  const escaped = leaf.form === 'json' ? lookAlikes(leaf.text, checkOf) : []
  for (const view of leaf.views) {
    const blobs = blobsIn(view)
    if (blobs.length > 0 && binary === 'refuse') throw new Refused('BINARY_REFUSED')
    const text = view.offsets && !view.isWhole ? view.text : leaf.text
    const alike = isTouched(view, escaped)
      ? [{ start: 0, end: view.text.length }]
      : lookAlikes(text, checkOf)
    add(
      masks,
      view,
      [...blobs, ...alike].map((range) => ({ ...range, type: 'TERM', layer: 'rule' })),
    )
  }
}

const isTouched = ({ offsets }: LeafView, ranges: readonly { start: number; end: number }[]) =>
  offsets !== null &&
  ranges.some(
    ({ start, end }) => start < (offsets.at(-1) ?? 0) && end > (offsets[0] ?? 0) && end > start,
  )

/** Masks every further place where a value stands that is masked anywhere. */
function spread(leaves: readonly Leaf[], masks: Map<LeafView, Mask[]>, session: Session): void {
  let before = -1
  for (let size = sizeOf(masks); size !== before; size = sizeOf(masks)) {
    before = size
    const index = indexValues([...session.entries, ...valuesIn(leaves, masks)])
    for (const { views } of leaves)
      for (const view of views) {
        const more = gapsOf(view, masks.get(view) ?? []).flatMap((gap) => {
          const text = view.text.slice(gap.start, gap.end)
          // what ends at a mask may only now be taken for a placeholder
          const alike = lookAlikes(text, session.checkOf).map((range) => ({ ...range, ...ALIKE }))
          return [...index.find(text), ...alike].map(({ start, end, type }) => ({
            ...{ start: gap.start + start, end: gap.start + end },
            ...{ type, layer: 'propagated' as const },
          }))
        })
        add(masks, view, more)
      }
  }
}

const ALIKE = { type: 'TERM' } as const

const sizeOf = (masks: ReadonlyMap<LeafView, readonly Mask[]>): number =>
  [...masks.values()].flat().reduce((sum, { start, end }) => sum + 1 + end - start, 0)

const valuesIn = (leaves: readonly Leaf[], masks: ReadonlyMap<LeafView, readonly Mask[]>) =>
  leaves.flatMap((leaf) =>
    leaf.views.flatMap((view) =>
      (masks.get(view) ?? []).map((mask) => ({
        type: mask.type,
        surface: entryOf(leaf, view, mask).surface,
      })),
    ),
  )

function gapsOf({ text }: LeafView, masks: readonly Mask[]): { start: number; end: number }[] {
  const starts = [0, ...masks.map(({ end }) => end)]
  const ends = [...masks.map(({ start }) => start), text.length]
  return starts.map((start, n) => ({ start, end: ends[n] ?? start }))
}
