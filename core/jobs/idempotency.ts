import { createHash } from 'node:crypto'
import type { Answer } from '../api.ts'
import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import type { Database } from '../store/database.ts'

export interface OnceRequest {
  /** `Idempotency-Key` of the request, if any. */
  key: string | undefined
  /** Name of the token it was sent with: keys of others are other keys. */
  token: string | undefined
  /** Method and path as asked, its query included: the same key elsewhere is another key. */
  route: string
  body: unknown
}

export interface Idempotency {
  /**
   * Runs `work` once per key and gives the first answer again for 24 h, marked
   * `Idempotency-Replayed: true`. The same key with another body throws IDEMPOTENCY_MISMATCH; one
   * whose first request is still being answered waits for that. Thrown errors are not kept: what
   * was refused can be asked for again.
   */
  once(request: OnceRequest, work: () => Promise<Answer>): Promise<Answer>
}

const KEPT_MS = 24 * 60 * 60 * 1000
const MOST_KEYS = 10_000
const LONGEST_KEY = 255

export function createIdempotency({ db, clock }: { db: Database; clock: Clock }): Idempotency {
  const underWay = new Map<string, { digest: string; answer: Promise<Answer> }>()
  const { durable } = db
  const find = durable.prepare(
    'SELECT digest, answer FROM idempotency WHERE route = ? AND key = ? AND at > ?',
  )
  const keep = durable.prepare(
    'INSERT OR REPLACE INTO idempotency (route, key, digest, answer, at) VALUES (?, ?, ?, ?, ?)',
  )
  const forget = durable.prepare(
    `DELETE FROM idempotency WHERE at <= max(?1,
       ifnull((SELECT at FROM idempotency ORDER BY at DESC LIMIT 1 OFFSET ?2), 0))`,
  )
  return {
    async once({ key: given, token, route, body }, work) {
      if (given === undefined) return work()
      checkKey(given)
      // no header holds a line break, so no key looks like that of a token
      const key = token === undefined ? given : `${token}\n${given}`
      const digest = digestOf(body)
      const sinceMs = clock.now() - KEPT_MS
      const row = find.get(route, key, sinceMs)
      if (row) {
        if (row.digest !== digest) throw mismatch(given, route)
        return replayed(JSON.parse(String(row.answer)))
      }
      const id = JSON.stringify([route, key])
      const first = underWay.get(id)
      if (first) {
        if (first.digest !== digest) throw mismatch(given, route)
        return replayed(await first.answer)
      }
      const answer = work()
      underWay.set(id, { digest, answer })
      try {
        const whole = await answer
        keep.run(route, key, digest, JSON.stringify(whole), clock.now())
        forget.run(sinceMs, MOST_KEYS)
        return whole
      } finally {
        underWay.delete(id)
      }
    },
  }
}

/** The same for bodies that differ only in the order of their keys. */
function digestOf(body: unknown): string {
  const text = JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256')
    .update(text ?? '')
    .digest('base64url')
}

const replayed = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, 'idempotency-replayed': 'true' },
})

function checkKey(key: string): void {
  if (key.length > 0 && key.length <= LONGEST_KEY) return
  const message = `Idempotency-Key has ${key.length} characters; 1 to ${LONGEST_KEY} are allowed`
  throw new ControlError('VALIDATION', message, {
    details: [{ path: 'Idempotency-Key', message: `expected 1 to ${LONGEST_KEY} characters` }],
  })
}

const mismatch = (key: string, route: string): ControlError =>
  new ControlError(
    'IDEMPOTENCY_MISMATCH',
    `Idempotency-Key "${key}" was used for ${route} with another body`,
    { hint: 'send the same body again, or a new key' },
  )
