import type { IncomingMessage } from 'node:http'
import type { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import type { Forwarding } from './forwarding.ts'

/** Requests that are sent again after a failure. */
export interface Repeats {
  /** True if the request will be sent again, so that its caller is told nothing yet. */
  takes(forwarding: Forwarding, req: IncomingMessage, failure: ControlError): boolean
}

const FIRST_PAUSE_MS = 200

/**
 * Repeats a request up to so many times: where its server refused the connection and so has seen
 * nothing of it; or where it may come twice, by its method or by the caller's Idempotency-Key, and
 * all of it is here.
 */
export function createRepeats(most: number, clock: Clock): Repeats {
  const repeated = new WeakMap<Forwarding, number>()
  return {
    takes(forwarding, req, { code }) {
      const times = repeated.get(forwarding) ?? 0
      const how = forwarding.isRepeatable
      if (times >= most || !how) return false
      if (code !== 'UPSTREAM_UNREACHABLE' && (how === 'unread' || !mayComeTwice(req))) return false
      repeated.set(forwarding, times + 1)
      void clock.sleep(FIRST_PAUSE_MS * 2 ** times).then(() => forwarding.send())
      return true
    },
  }
}

const mayComeTwice = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' || method === 'HEAD' || headers['idempotency-key'] !== undefined
