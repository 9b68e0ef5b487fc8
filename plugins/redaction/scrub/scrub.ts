import { checkOutgoing } from '../gate/gate.ts'
import type { ScrubDone } from '../threads/job.ts'
import type { Session } from '../vault/session.ts'
import type { Leaf } from './leaf.ts'
import { type MaskTools, maskLeaves } from './mask-leaves.ts'
import { replaceIn } from './replace.ts'
import { indexValues } from './value-index.ts'

/**
 * The way of every text: masked until nothing more is found, replaced, and checked once more as it
 * would go out. Throws `Refused`, and then nothing of it goes anywhere.
 */
export function scrubLeaves(
  leaves: readonly Leaf[],
  session: Session,
  tools: MaskTools,
): ScrubDone {
  const { masks, draft } = maskLeaves(leaves, session, tools)
  const done = leaves.map((leaf) => ({ leaf, ...replaceIn(leaf, masks, draft) }))
  const values = indexValues([...session.entries, ...draft.added])
  checkOutgoing(done, draft, values)
  return {
    texts: done.map(({ text }) => text),
    replacements: done.map(({ replacements }) => replacements),
    added: draft.added,
  }
}
