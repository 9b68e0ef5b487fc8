import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const MODULE = fileURLToPath(new URL('./sparingly.ts', import.meta.url))

/** Makes garbage of which some lives for a while, and prints the room of the young generation in MB. */
const PROGRAM = `
import { getHeapSpaceStatistics } from 'node:v8'
import { sparingly } from ${JSON.stringify(MODULE)}
const room = () => getHeapSpaceStatistics().find((each) => each.space_name === 'new_space').space_size / 1e6
const litter = async () => {
  const kept = []
  for (let n = 0; n < 1e6; n++) kept[n % 100_000] = { n, text: String(n) }
}
await sparingly(() => sparingly(litter))
const spared = room()
await litter()
console.log(JSON.stringify([spared, room()]))
`

it('work done sparingly leaves the young generation small, and it grows again after that', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM])
  const [spared, usual] = JSON.parse(String(printed)) as [number, number]
  expect(spared).toBeLessThan(4)
  expect(usual).toBeGreaterThan(2 * spared)
})

it('an error of the work is passed on', async () => {
  const { sparingly } = await import('./sparingly.ts')
  await expect(sparingly(() => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
})
