import { BLOCK } from '../../plugins/redaction/placeholder/checks.ts'
import { MUTATIONS, type Mutation } from '../../plugins/redaction/placeholder/mutations.ts'
import { placeholderOf } from '../../plugins/redaction/placeholder/placeholder.ts'
import { EventRestorer } from '../../plugins/redaction/rehydrate/event-restorer.ts'
import { type Entry, Restorer, restoreText } from '../../plugins/redaction/rehydrate/restorer.ts'
import { createSession } from '../../plugins/redaction/vault/session.ts'
import { atLeast, atMost, type Limit } from './limits.ts'
import { seeded } from './secrets/expand.ts'

const VALUES = 10_000
const PAIRS = 100_000

const entries = Array.from({ length: VALUES }, (_, n): Entry => {
  return { type: n % 2 === 0 ? 'PERSON' : 'EMAIL', surface: `value ${n + 1}` }
})
const session = createSession({ handle: 'h', owner: null, checkKey: Buffer.from('bench'), entries })
const typeOf = (n: number) => session.typeAt(n) ?? 'TERM'
const written = (n: number): string => placeholderOf(typeOf(n), n, session.checkOf)
const restored = (text: string): string => restoreText(text, session, { format: 'text' })

/** What becomes of placeholders that were altered, mixed up, or cut in a stream. */
export function placeholderLimits(): Limit[] {
  return [
    atLeast(
      `placeholders: mutations restored, of ${MUTATIONS.length} (the 23 of the reference, and others)`,
      MUTATIONS.filter(isRestored).length,
      MUTATIONS.length,
    ),
    atMost(`placeholders: wrong restorations over ${PAIRS} random pairs`, wrongPairs(), 0),
    atMost(
      `placeholders: collisions of ${VALUES} values in one session`,
      VALUES - new Set(entries.map((_, n) => written(n + 1))).size,
      0,
    ),
    atMost('streams: places of a cut that change the result, text', cutsOfText(), 0),
    atMost('streams: places of a cut that change the result, events', cutsOfEvents(), 0),
  ]
}

const altered = (n: number, check: number, [, mutate]: Mutation): string =>
  mutate(typeOf(n), String(n), session.checkOf(check))

const isRestored = (mutation: Mutation): boolean =>
  [1, 7, 12, 345, 1_024, 9_999].every((n) => {
    const value = (mutation[2] ?? '{}').replace('{}', `value ${n}`)
    return restored(`Dear ${altered(n, n, mutation)}, hello.`) === `Dear ${value}, hello.`
  })

/** One with the check of another of its block, beside the right one: the right one alone may come back. */
function wrongPairs(): number {
  const random = seeded(7)
  const below = (limit: number): number => Math.floor(random() * limit)
  let wrong = 0
  for (let pair = 0; pair < PAIRS; pair++) {
    const one = 1 + below(VALUES - BLOCK)
    const other = Math.floor(one / BLOCK) * BLOCK + (((one % BLOCK) + 1 + below(BLOCK - 1)) % BLOCK)
    const mutation = MUTATIONS[below(MUTATIONS.length)] as Mutation
    const text = restored(`${altered(one, other, mutation)} ${altered(one, one, mutation)}`)
    const values = [...text.matchAll(/value (\d+)/g)].map(([, n]) => Number(n))
    if (values.length !== 1 || values[0] !== one) wrong++
  }
  return wrong
}

const SAID = MUTATIONS.map((mutation, n) => `né ${altered(n + 1, n + 1, mutation)} 😀`).join('\n')

function cutsOfText(): number {
  const whole = restored(SAID)
  const cuts = Array.from({ length: SAID.length + 1 }, (_, cut) => {
    const restorer = new Restorer(session, { format: 'text' })
    return restorer.push(SAID.slice(0, cut)) + restorer.push(SAID.slice(cut)) + restorer.end()
  })
  return cuts.filter((text) => text !== whole).length
}

/** Every byte of a stream of events whose deltas are single characters, in text and in a tool's arguments. */
function cutsOfEvents(): number {
  const chunk = (delta: object): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`
  const letters = [...`Dear ${written(1)}, and ${written(2).toLowerCase()} 😀`]
  const pieces = [...JSON.stringify({ to: written(3) })]
  const bytes = Buffer.from(
    [
      ...letters.map((content) => chunk({ content })),
      ...pieces.map((piece) =>
        chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
      ),
      'data: [DONE]\n\n',
    ].join(''),
  )
  const through = (...parts: Uint8Array[]): string => {
    const restorer = new EventRestorer(session, { format: 'text' })
    return parts.map((part) => restorer.push(part)).join('') + restorer.end()
  }
  const whole = through(bytes)
  const isRight = /value 3/.test(whole) && /value/.test(whole)
  const wrong = Array.from({ length: bytes.length + 1 }, (_, cut) => cut).filter(
    (cut) => through(bytes.subarray(0, cut), bytes.subarray(cut)) !== whole,
  )
  return isRight ? wrong.length : bytes.length
}
