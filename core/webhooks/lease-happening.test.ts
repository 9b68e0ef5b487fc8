import { expect, it } from 'vitest'
import type { LeaseChange, LeaseView } from '../coordination/lease.ts'
import { HAPPENINGS } from '../events/happening.ts'
import { leaseHappening } from './lease-happening.ts'
import { wordsOf } from './words.ts'

const lease = {
  ...{ fence: 7, resource: 'gpu', owner: 'call-summaries', reason: 'nightly', ttl_s: 60 },
  ...{ expires_at: '2026-01-01T13:00:00.000Z', services: ['llm'] },
} as LeaseView
const CHANGES: LeaseChange['change'][] = ['acquired', 'released', 'expired', 'forced']

it.each(CHANGES)(
  'a reservation that is %s is told once, with whose it is and of what',
  (change) => {
    const happening = leaseHappening({ change, lease })
    expect(HAPPENINGS).toContain(happening?.name)
    expect(happening).toMatchObject({
      key: `lease:7:${change}`,
      subject: '“call-summaries”',
      data: { owner: 'call-summaries', fence: 7, resource: 'gpu', reason: 'nightly' },
    })
  },
)

it.each([
  ['gpu', '“call-summaries” has reserved every GPU: nightly'],
  ['gpu:spark-1', '“call-summaries” has reserved the GPU of spark-1: nightly'],
  ['speech', '“call-summaries” has reserved speech: nightly'],
])('a reservation of %s is told as one of it', (resource, words) => {
  const happening = leaseHappening({ change: 'acquired', lease: { ...lease, resource } })
  expect(happening && wordsOf(happening)).toBe(words)
})

it('a renewal is not told', () => {
  expect(leaseHappening({ change: 'renewed', lease })).toBeUndefined()
})
