import fc from 'fast-check'
import { expect, it } from 'vitest'
import { handOnEvents } from './server-events.ts'

async function* cut(bytes: Buffer, sizes: readonly number[]) {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function read(bytes: Buffer, sizes: readonly number[]): Promise<string[]> {
  const events: string[] = []
  for await (const event of handOnEvents(cut(bytes, sizes))) events.push(event.toString())
  return events
}

it('events come out whole, however they were cut', async () => {
  const line = fc.constantFrom('data: {"text":"é"}', 'event: word', ': beat', 'data:')
  const end = fc.constantFrom('\n', '\r\n')
  const events = fc.array(fc.tuple(fc.array(line, { minLength: 1, maxLength: 3 }), end), {
    minLength: 1,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(
      events,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (all, sizes) => {
        const text = all.map(([lines, nl]) => lines.map((each) => each + nl).join('') + nl).join('')
        const out = await read(Buffer.from(text), sizes)
        expect(out.join('')).toBe(text)
        for (const each of out) expect(each).toMatch(/\n\r?\n$/)
      },
    ),
  )
})

it('one without an end is given up after a megabyte, in however small parts', async () => {
  const endless = Buffer.from('data: x\n'.repeat(200_000))
  await expect(read(endless, [16])).rejects.toThrow('An event has no end.')
})

it('one that breaks off is told as that', async () => {
  await expect(read(Buffer.from('data: a\n\ndata: b'), [3])).rejects.toThrow('in the middle of')
  await expect(read(Buffer.from('data: a\n\nevent: error\n\n'), [2])).rejects.toThrow('broke the')
})
