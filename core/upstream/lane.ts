import type { Dispatcher } from 'undici'
import type { Clock } from '../plugin.ts'
import type { Forwarding } from './forwarding.ts'
import type { Repeats } from './repeats.ts'

/** What all requests to one server share. */
export interface Lane {
  origin: string
  pool: Dispatcher
  /** `authorization` and its value, or nothing. */
  credentials: readonly string[]
  requestTimeoutMs: number | null
  clock: Clock
  /** Sends again what cannot have reached the server; null: nothing is. */
  repeats: Repeats | null
  /** Called once when a request is over, in whatever way. */
  ended(forwarding: Forwarding): void
}
