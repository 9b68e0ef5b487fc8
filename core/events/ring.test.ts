import { expect, it } from 'vitest'
import { createRing } from './ring.ts'

it('lets go of what it no longer keeps', () => {
  const ring = createRing(2000, 100_000)
  for (let seq = 1; seq <= 1000; seq += 1) {
    const event = { seq, subject: String(seq), lineOf: null, text: 'x'.repeat(10_000) }
    ring.push(event)
  }
  expect(ring.after(990)?.length).toBe(10)
  expect(ring.after(989)).toBeUndefined()
  expect(ring.heldEvents).toBeLessThanOrEqual(21)
})
