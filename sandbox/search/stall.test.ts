import { describe, expect, it } from 'vitest'
import { createFaultBox } from '../faults.ts'
import { createStall } from './stall.ts'

describe('a Qdrant that stalls', () => {
  it('takes ten more writes, and those that wait once it is over', async () => {
    const faults = createFaultBox()
    const { pass } = createStall(faults)
    await pass()
    faults.set({ qdrant: 'stalls' })
    let through = 0
    const write = () => pass().then(() => through++)
    const writes = Array.from({ length: 12 }, write)
    await Promise.all(writes.slice(0, 10))
    expect(through).toBe(10)
    faults.set({})
    await Promise.all(writes)
    expect(through).toBe(12)
  })

  it('forgets no writer who waits when it stalls anew', async () => {
    const faults = createFaultBox()
    const { pass } = createStall(faults)
    faults.set({ qdrant: 'stalls' })
    const writes = Array.from({ length: 11 }, pass)
    faults.set({ qdrant: 'stalls', busy: true })
    await Promise.all(writes)
  })
})
