import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Split } from './split.ts'

async function* parts(count: number, seen: { read: number; isLeft: boolean }, breaksAt = -1) {
  try {
    for (let at = 0; at < count; at += 1) {
      if (at === breaksAt) throw new Error('broken')
      seen.read += 1
      yield Buffer.of(at)
    }
  } finally {
    seen.isLeft = true
  }
}

/** Reads at a pace of its own, up to `most` parts. */
async function read(branch: AsyncIterable<Buffer>, turns: number, most = 1000): Promise<number[]> {
  const found: number[] = []
  for await (const part of branch) {
    found.push(part[0] as number)
    if (found.length === most) break
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
  }
  return found
}

it('gives each reader all of it, in order, whatever their pace, and those that leave hold nobody up', async () => {
  const reader = fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 40 }))
  await fc.assert(
    fc.asyncProperty(
      fc.nat(30),
      fc.array(reader, { minLength: 1, maxLength: 4 }),
      async (count, readers) => {
        const split = new Split(parts(count, { read: 0, isLeft: false }))
        const branches = readers.map(() => split.reader())
        const found = await Promise.all(
          readers.map(([turns, most], at) =>
            read(branches[at] as AsyncIterable<Buffer>, turns, most),
          ),
        )
        const all = Array.from({ length: count }, (_, at) => at)
        expect(found).toEqual(readers.map(([, most]) => all.slice(0, most)))
      },
    ),
    { numRuns: 50 },
  )
})

it('reads no further than the slowest has', async () => {
  const seen = { read: 0, isLeft: false }
  const split = new Split(parts(20, seen))
  const [fast, slow] = [split.reader(), split.reader()]
  const reading = read(fast, 0)
  const iterator = slow[Symbol.asyncIterator]()
  await iterator.next()
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
  expect(seen.read).toBe(1)
  await slow.leave()
  expect(await reading).toHaveLength(20)
})

it('lets go of its source once all have left', async () => {
  const seen = { read: 0, isLeft: false }
  const split = new Split(parts(20, seen))
  const branches = [split.reader(), split.reader()]
  await Promise.all(branches.map((branch) => read(branch, 0, 2)))
  expect(seen).toEqual({ read: 2, isLeft: true })
})

it('breaks off for everybody when its source does', async () => {
  const split = new Split(parts(5, { read: 0, isLeft: false }, 3))
  const outcomes = await Promise.allSettled([read(split.reader(), 0), read(split.reader(), 2)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
