import { open } from 'node:fs/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { openSpool } from './spool.ts'

afterEach(() => vi.restoreAllMocks())

it('gives back all that was written, also where a disk takes less than it is given at once', async () => {
  const handle = await open('/dev/null')
  await handle.close()
  vi.spyOn(Object.getPrototypeOf(handle), 'writev').mockImplementation(async function (
    this: typeof handle,
    parts,
    at,
  ) {
    const [bytes] = parts as Buffer[]
    return this.write(bytes ?? Buffer.alloc(1), 0, 1, at as number)
  })
  const spool = await openSpool()
  await spool.write(Buffer.from('one'))
  await spool.write(Buffer.from('two'))
  const read: Buffer[] = []
  for await (const part of spool.read()) read.push(part)
  expect([Buffer.concat(read).toString(), spool.sizeBytes]).toEqual(['onetwo', 6])
})
