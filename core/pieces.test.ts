import fc from 'fast-check'
import { expect, it } from 'vitest'
import { gather, Pieces } from './pieces.ts'
import { keptBytes } from './testing/kept-bytes.ts'

async function* bytesOf(parts: Iterable<Buffer>) {
  yield* parts
}
const tooMuch = () => new Error('too much')

it('come out whole and in order, however they were cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.nat(3), fc.nat(3000)), { maxLength: 20 }),
      fc.nat(2),
      async (sizes, times) => {
        const parts = Array.from({ length: 700 * times }, () => sizes).flatMap((all) =>
          all.map((size, at) => Buffer.alloc(size % 7, at)),
        )
        expect(await gather(bytesOf(parts), 1e9, tooMuch)).toEqual(Buffer.concat(parts))
      },
    ),
    { numRuns: 30 },
  )
})

it('of one byte each take about as much memory as their bytes', () => {
  const count = 1_000_000
  const socket = Buffer.alloc(64 * 1024, 'x')
  const before = keptBytes()
  const pieces = new Pieces()
  for (let at = 0; at < count; at += 1) pieces.add(socket.subarray(at % 1000, (at % 1000) + 1))
  const grown = keptBytes() - before
  expect(pieces.sizeBytes).toBe(count)
  // one million views kept would be some 100 MB
  expect(grown).toBeLessThan(10e6)
  expect(pieces.whole().equals(Buffer.alloc(count, 'x'))).toBe(true)
})

it('over the limit are refused when it is passed, not at the end', async () => {
  let taken = 0
  async function* endless() {
    for (;;) {
      taken += 1
      yield Buffer.alloc(10)
    }
  }
  await expect(gather(endless(), 95, tooMuch)).rejects.toThrow('too much')
  expect(taken).toBe(10)
})
