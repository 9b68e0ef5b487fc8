import { randomUUID } from 'node:crypto'
import type { Clock, KeyValue } from '#core'
import { speechError } from '../errors.ts'
import type { StitchedChunk } from './api.ts'
import { beginStitching, type Stitching } from './stitch.ts'

/** A recording that comes in chunks. */
export interface Session {
  id: string
  stitching: Stitching
  /** What the last chunk was answered, for one that is sent again. */
  last: { start_s: number; end_s: number; answer: StitchedChunk } | null
  touched_at_ms: number
}

const PREFIX = 'diarize-session/'
export const LIFETIME_MS = 24 * 3600 * 1000
export const MOST_SESSIONS = 200

/** Sessions lie in the store, so that a recording goes on after a restart of the controller. */
export class Sessions {
  readonly #store: KeyValue
  readonly #clock: Pick<Clock, 'now'>

  constructor(store: KeyValue, clock: Pick<Clock, 'now'>) {
    this.#store = store
    this.#clock = clock
  }

  /** Throws SESSION_UNKNOWN for one that never was or has expired. */
  find(id: string): Session {
    const found = this.#store.get<Session>(PREFIX + id)
    if (found && !this.#isOver(found)) return found
    throw speechError('SESSION_UNKNOWN', `There is no session "${id}", or it has expired.`, {
      hint: 'Send the first chunk without session; the answer names one.',
    })
  }

  /** A new one, not kept yet. Throws SESSIONS_FULL. */
  begin(maxSpeakers: number | null): Session {
    this.#sweep()
    if (this.#store.keys(PREFIX).length >= MOST_SESSIONS) {
      throw speechError('SESSIONS_FULL', `${MOST_SESSIONS} recordings are under way already.`, {
        hint: 'Each is forgotten 24 hours after its last chunk.',
        retryAfterS: 600,
      })
    }
    const stitching = beginStitching(maxSpeakers)
    return { id: randomUUID(), stitching, last: null, touched_at_ms: this.#clock.now() }
  }

  keep(session: Session): void {
    this.#store.set(PREFIX + session.id, session)
  }

  expiresAt({ touched_at_ms }: Session): string {
    return new Date(touched_at_ms + LIFETIME_MS).toISOString()
  }

  now(): number {
    return this.#clock.now()
  }

  #isOver({ touched_at_ms }: Session): boolean {
    return this.#clock.now() - touched_at_ms > LIFETIME_MS
  }

  #sweep(): void {
    for (const key of this.#store.keys(PREFIX)) {
      const session = this.#store.get<Session>(key)
      if (session && this.#isOver(session)) this.#store.delete(key)
    }
  }
}
