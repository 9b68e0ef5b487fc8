import { randomBytes } from 'node:crypto'
import type { EntityType } from '../entity-types.ts'
import { type CheckOf, createChecks } from '../placeholder/checks.ts'
import { Refused } from '../refused.ts'
import type { Entry, Known } from '../rehydrate/restorer.ts'

/** Values of one conversation. Only ever added to, so a placeholder never changes its meaning. */
export interface Session extends Known {
  /** 128 random bits; whoever knows it may restore. */
  readonly handle: string
  /** Name of the access token it is bound to; null: tokens are off. */
  readonly owner: string | null
  /** Makes the checks of its placeholders its own. */
  readonly checkKey: Uint8Array
  readonly entries: readonly Entry[]
}

/** Values a request adds, before they are kept. */
export interface Draft extends Known {
  /** The ordinal of a value: the one it has already, or the next. Throws SESSION_FULL. */
  place(entry: Entry): number
  readonly added: readonly Entry[]
}

/** As many as five digits can number. */
const MOST_ENTRIES = 50_000

export const newHandle = (): string => randomBytes(16).toString('base64url')

export const HANDLE_PATTERN = '^[A-Za-z0-9_-]{22}$'

/** A session over the values it has. */
export function createSession(
  given: Pick<Session, 'handle' | 'owner' | 'checkKey' | 'entries'>,
): Session {
  const { handle, owner, checkKey, entries } = given
  return { handle, owner, checkKey, entries, ...knownBy(createChecks(checkKey), entries) }
}

/** Begins to add to a session. */
export function draftOf(session: Session): Draft {
  const ordinals = new Map(session.entries.map((entry, index) => [keyOf(entry), index + 1]))
  const all = [...session.entries]
  const added: Entry[] = []
  return {
    ...knownBy(session.checkOf, all),
    added,
    place(entry) {
      const before = ordinals.get(keyOf(entry))
      if (before !== undefined) return before
      if (all.length >= MOST_ENTRIES) throw new Refused('SESSION_FULL')
      all.push(entry)
      added.push(entry)
      ordinals.set(keyOf(entry), all.length)
      return all.length
    },
  }
}

function knownBy(checkOf: CheckOf, entries: readonly Entry[]): Known {
  const entryAt = (ordinal: number): Entry | undefined => entries[ordinal - 1]
  const typeAt = (ordinal: number): EntityType | undefined => entryAt(ordinal)?.type
  return { checkOf, entryAt, typeAt }
}

/**
 * What makes two values one: how they are written, not what they were taken for. But a secret stays
 * one, and so does a URL, since both are restored by rules of their own.
 */
const keyOf = ({ type, surface, json, isNumber }: Entry): string =>
  JSON.stringify([
    ...[surface, json ?? null, isNumber ?? false],
    type === 'SECRET' || type === 'URL' ? type : null,
  ])
