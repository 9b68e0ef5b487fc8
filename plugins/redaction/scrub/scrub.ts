import { checkOutgoing } from '../gate/gate.ts'
import type { Entry, Known } from '../rehydrate/restorer.ts'
import type { Session } from '../vault/session.ts'
import type { Leaf } from './leaf.ts'
import { type MaskTools, maskLeaves } from './mask-leaves.ts'
import { type Replacement, replaceIn } from './replace.ts'
import { indexValues } from './value-index.ts'

/** What was masked, and what a session has to keep before it may go out. */
export interface Scrubbed {
  /** What has become of each leaf. */
  texts: ReadonlyMap<Leaf, string>
  replacements: ReadonlyMap<Leaf, readonly Replacement[]>
  added: readonly Entry[]
  /** The session with them. */
  known: Known
}

/**
 * The way of every text: masked until nothing more is found, replaced, and checked once more as it
 * would go out. Throws a refusal, and then nothing of it goes anywhere.
 */
export async function scrubLeaves(
  leaves: readonly Leaf[],
  session: Session,
  tools: MaskTools,
): Promise<Scrubbed> {
  const { masks, draft } = await maskLeaves(leaves, session, tools)
  const done = leaves.map((leaf) => ({ leaf, ...replaceIn(leaf, masks, draft) }))
  const values = indexValues([...session.entries, ...draft.added])
  checkOutgoing(done, draft, values, tools.checkTime)
  return {
    texts: new Map(done.map(({ leaf, text }) => [leaf, text])),
    replacements: new Map(done.map(({ leaf, replacements }) => [leaf, replacements])),
    added: draft.added,
    known: draft,
  }
}
