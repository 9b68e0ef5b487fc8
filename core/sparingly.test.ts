import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const MODULE = fileURLToPath(new URL('./sparingly.ts', import.meta.url))

/** Makes garbage of which some lives for a while, and prints the room of the young generation in MB. */
const programOf = (work: string) => `
import { EventEmitter } from 'node:events'
import { getHeapSpaceStatistics } from 'node:v8'
import { spareFor, spareLarge, sparingly } from ${JSON.stringify(MODULE)}
const room = () => getHeapSpaceStatistics().find((each) => each.space_name === 'new_space').space_size / 1e6
const litter = async () => {
  const kept = []
  for (let n = 0; n < 1e6; n++) kept[n % 100_000] = { n, text: String(n) }
}
${work}
const spared = room()
await litter()
console.log(JSON.stringify([spared, room()]))
`

const LARGE = `
const res = new EventEmitter()
spareLarge({ headers: { 'content-length': '9000000' } }, res)
await litter()
setImmediate(() => res.emit('close'))
await new Promise((resolve) => res.once('close', () => setImmediate(resolve)))`

const MANY = `
spareFor(1_000)
spareFor(1_001)
await sparingly(litter)
await litter()
spareFor(3)`

it.each([
  ['a topology of many services', MANY],
  ['work done sparingly', 'await sparingly(() => sparingly(litter))'],
  ['a request with a large body', LARGE],
])('%s leaves the young generation small, and it grows again after that', (_what, work) => {
  const program = programOf(work)
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', program])
  const [spared, usual] = JSON.parse(String(printed)) as [number, number]
  // some 4 MB, by how V8 rounds them up to 10, against some 50
  expect(spared).toBeLessThan(12)
  expect(usual).toBeGreaterThan(2 * spared)
})

it('an error of the work is passed on', async () => {
  const { sparingly } = await import('./sparingly.ts')
  await expect(sparingly(() => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
})
