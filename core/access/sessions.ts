import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../plugin.ts'
import type { KeyValue } from '../store/store.ts'

/** Who signed in to the dashboard, kept by the hash of what their browser holds. */
export interface Sessions {
  /** Opens one for the token of this hash; returns what the browser keeps. */
  open(tokenHash: string): string
  /** The hash of the token it was opened with; undefined if it is over. */
  find(id: string): string | undefined
  close(id: string): void
}

interface Session {
  tokenHash: string
  endsAt: number
}

/** How long somebody stays signed in. */
export const SESSION_MS = 30 * 86_400_000
const MOST = 1_000

export function createSessions(store: KeyValue, clock: Clock): Sessions {
  const prune = (): void => {
    const keys = store.keys()
    const over = keys.filter((key) => (store.get<Session>(key)?.endsAt ?? 0) <= clock.now())
    for (const key of over.length > 0 ? over : keys.slice(MOST - 1)) store.delete(key)
  }
  return {
    open(tokenHash) {
      prune()
      const id = randomBytes(32).toString('base64url')
      store.set(keyOf(id), { tokenHash, endsAt: clock.now() + SESSION_MS } satisfies Session)
      return id
    },
    find(id) {
      const session = store.get<Session>(keyOf(id))
      return session && session.endsAt > clock.now() ? session.tokenHash : undefined
    },
    close: (id) => store.delete(keyOf(id)),
  }
}

const keyOf = (id: string): string => createHash('sha256').update(id).digest('base64url')
