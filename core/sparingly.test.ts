import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const MODULE = fileURLToPath(new URL('./sparingly.ts', import.meta.url))

/**
 * Makes garbage of which some lives for a while, and prints the room of the young generation in MB: its
 * usual size meanwhile, since for a moment it may be two or three times that, and what it has grown to.
 */
const programOf = (work: string) => `
import { EventEmitter } from 'node:events'
import { getHeapSpaceStatistics } from 'node:v8'
import { spareFor, spareLarge, sparingly } from ${JSON.stringify(MODULE)}
const room = () => getHeapSpaceStatistics().find((each) => each.space_name === 'new_space').space_size / 1e6
const seen = []
const litter = async () => {
  const kept = []
  for (let n = 0; n < 1e6; n++) {
    kept[n % 100_000] = { n, text: String(n) }
    if (n % 20_000 === 0) seen.push(room())
  }
}
${work}
const spared = seen.sort((a, b) => a - b)[Math.floor(seen.length / 2)]
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
  expect(spared).toBeLessThan(8)
  expect(usual).toBeGreaterThan(2 * spared)
})

it('an error of the work is passed on', async () => {
  const { sparingly } = await import('./sparingly.ts')
  await expect(sparingly(() => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
})
