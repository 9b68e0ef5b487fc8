import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { thorough } from '../../../core/testing/thorough.ts'
import { hostile } from '../detect/hostile-shapes.ts'
import { textLeaf } from '../scrub/leaf.ts'
import { createRig, type Rig, refusalOf } from '../testing/rig.ts'
import type { ScrubJob } from './job.ts'
import { createPool, type PoolOptions } from './pool.ts'

const job = (text: string): ScrubJob => ({
  leaves: [textLeaf(text)],
  session: { handle: 'h', owner: null, checkKey: Buffer.from('k'), entries: [] },
  ...{ look: { mode: 'strict' }, binary: 'refuse' },
})
const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

/** Threads that do as their text says. */
function oddPool(more: Partial<PoolOptions> = {}) {
  const end = new AbortController()
  ends.push(end)
  const logged: string[] = []
  const pool = createPool({
    detector: { regions: [], deny: [], allow: [], patterns: [] },
    log: { error: (...parts) => void logged.push(JSON.stringify(parts)) },
    entry: new URL('../testing/odd-worker.ts', import.meta.url),
    ...{ signal: end.signal, most: 1, ...more },
  })
  const scrub = (text: string, late = new AbortController(), gone = new AbortController()) => {
    const done = pool.scrub(job(text), { late: late.signal, gone: gone.signal }).then(
      ({ texts }) => texts[0],
      ({ code }) => code,
    )
    return { done, late, gone }
  }
  return { scrub, logged, end }
}

describe('threads of the detection', () => {
  it('stop by force what takes too long, and go on with another', async () => {
    const { scrub } = oddPool()
    const stuck = scrub('hang')
    const next = scrub('fine')
    stuck.late.abort()
    expect(await stuck.done).toBe('SCRUB_TIMEOUT')
    expect(await next.done).toBe('fine')
  })

  it.each(['exit', 'throw Alice'])('refuse without any text what ends one: %s', async (how) => {
    const { scrub, logged } = oddPool()
    expect(await scrub(how).done).toBe('SCRUB_FAILED')
    expect(logged.join()).not.toMatch(/alice/i)
    expect(await scrub('fine').done).toBe('fine')
  })

  it('refuse more than may wait, and what was waited for too long', async () => {
    const { scrub } = oddPool({ mostWaiting: 2 })
    const stuck = scrub('hang')
    const [second, third] = [scrub('second'), scrub('third')]
    expect(await scrub('fourth').done).toBe('SCRUB_BUSY')
    second.late.abort()
    expect(await second.done).toBe('SCRUB_TIMEOUT')
    stuck.late.abort()
    expect(await third.done).toBe('third')
  })

  it('do not begin what nobody waits for any more', async () => {
    const { scrub } = oddPool()
    const stuck = scrub('hang')
    const left = scrub('left')
    left.gone.abort()
    expect(await left.done).toBe('SCRUB_FAILED')
    stuck.late.abort()
    expect(await scrub('fine').done).toBe('fine')
  })

  it('end with their service, and what they work on with them', async () => {
    const { scrub, end } = oddPool()
    const [stuck, waits] = [scrub('hang'), scrub('waits')]
    end.abort()
    expect(await Promise.all([stuck.done, waits.done])).toEqual(['SCRUB_FAILED', 'SCRUB_FAILED'])
    expect(await scrub('late').done).toBe('SCRUB_FAILED')
  })

  it('refuse where none can begin', async () => {
    const { scrub, logged } = oddPool({ entry: new URL('./nowhere.ts', import.meta.url) })
    expect([await scrub('one').done, await scrub('two').done]).toEqual([
      ...['SCRUB_FAILED', 'SCRUB_FAILED'],
    ])
    expect(logged.length).toBeGreaterThan(0)
  })
})

describe('a service of the kind', () => {
  let rig: Rig
  afterEach(() => rig.stop())

  it('answers others while a large text is scrubbed', async () => {
    rig = createRig({ detector: 'real' })
    const sentence = 'Alice Smith wrote to bob@example.org about order 4711-0815.\n'
    const text = sentence.repeat(Math.ceil(thorough(1_000_000, 60_000) / sentence.length))
    let isDone = false
    const work = rig.scrub({ text: text.slice(0, 1_000_000) }).finally(() => {
      isDone = true
    })
    // every turn is one in which the controller could have done something else
    let turns = 0
    for (; !isDone; turns++) await turn()
    expect((await work).text).not.toMatch(/alice|bob@|4711/i)
    expect(turns).toBeGreaterThan(100)
  })

  it('refuses a hostile text when its deadline is over, without any text, and goes on', async () => {
    rig = createRig({ detector: 'real' })
    const refused = refusalOf(rig.scrub({ text: hostile('12 Main Alice ', 1_000_000) }))
    rig.clock.set(rig.clock.now() + 10_000)
    expect(await refused).toMatchObject({ code: 'SCRUB_TIMEOUT', status: 503 })
    expect(JSON.stringify([await refused, rig.logged])).not.toContain('Alice')
    const { text } = await rig.scrub({ text: 'Mail bob@example.org.' })
    expect(text).toMatch(/^Mail \[\[EMAIL\w+\]\]\.$/)
  })
})
