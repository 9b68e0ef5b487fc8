import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ControlError, type KeyValue } from '#core'
import { createFakeClock, type FakeClock } from '#core/testing'
import { createUpstream } from '../../../core/upstream/pool-upstream.ts'
import type { GatedUpstream } from '../../../core/upstream/upstream.ts'
import { createCollection } from '../../../sandbox/search/collection.ts'
import { type SimulatedQdrant, startQdrant } from '../../../sandbox/search/qdrant.ts'
import type { Collections } from '../../../sandbox/search/routes.ts'
import { createQdrant } from '../qdrant/qdrant.ts'
import { toSegment } from '../qdrant/segment.ts'
import { createFakeKeyValue, DIMENSIONS, embedWords } from '../testing/fake-store.ts'
import type { Document } from './document.ts'
import { dropLoad, findLoad, keepLoad, loadIdOf, sweepLoads } from './load-shelf.ts'
import { runLoad } from './run-load.ts'
import type { Target } from './write-documents.ts'

const chunk = { maxChars: 500, overlapChars: 50 }
const vectors: Target['vectors'] = {
  dense: { name: 'dense', size: DIMENSIONS, distance: 'Cosine' },
  sparse: { name: 'sparse', is_idf: false },
}
const documents: Document[] = Array.from({ length: 650 }, (_, index) => ({
  ...{ index, id: `d${index}`, text: `Document ${index} tells of thing ${index % 7}.` },
}))

let collections: Collections
let server: SimulatedQdrant
let upstream: GatedUpstream
let clock: FakeClock
let store: KeyValue
/** Called before each batch is embedded. */
let onEmbed: (batch: number) => void | Promise<void>
let batches: number

beforeEach(async () => {
  collections = new Map()
  collections.set(
    'notes',
    createCollection('notes', {
      ...{
        vectors: { dense: { size: DIMENSIONS, distance: 'Cosine' } },
        sparse_vectors: { sparse: {} },
      },
    }),
  )
  server = await startQdrant({ collections })
  upstream = createUpstream({ origin: `http://127.0.0.1:${server.port}`, requestTimeoutMs: null })
  clock = createFakeClock()
  store = createFakeKeyValue()
  onEmbed = () => {}
  batches = 0
})
afterEach(async () => {
  await upstream.close()
  await server.close()
})

const open = async (): Promise<Target> => ({
  ...{ qdrant: createQdrant(upstream), collection: toSegment('name', 'notes'), vectors, chunk },
  async embed(texts) {
    batches++
    await onEmbed(batches)
    return embedWords(texts)
  },
})

const keep = (all = documents) =>
  keepLoad(store, { id: loadIdOf('notes', chunk, all), collection: 'notes', chunk }, all, 0)

/** A run of the job; steps are kept in `steps`, as its row does. */
function start(load: string, abort = new AbortController(), steps = new Map<string, unknown>()) {
  const lines: string[] = []
  const percents: (number | null)[] = []
  const job = {
    ...{ input: { load }, signal: abort.signal, phase() {} },
    percent: (value: number | null) => void percents.push(value),
    line: (text: string) => void lines.push(text),
    async step<T>(name: string, work: (step: { attempt: number }) => Promise<T>): Promise<T> {
      if (!steps.has(name)) steps.set(name, await work({ attempt: 1 }))
      return steps.get(name) as T
    },
  }
  return { ended: runLoad(job, { store, clock, open }), lines, percents, steps }
}

const stored = () => collections.get('notes')?.points.size

/** Lets time pass until something has come about. */
async function pass(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise((resolve) => setImmediate(resolve))
    if (clock.sleepers > 0) await clock.advance(10_000)
  }
}

describe('a load', () => {
  it('brings in every document, tells how far it is, and keeps nothing afterwards', async () => {
    const { ended, percents } = start(keep().id)
    expect(await ended).toEqual({
      ...{ collection: 'notes', documents: 650, points: 650, failed: 0, failures: [] },
    })
    expect(stored()).toBe(650)
    expect(percents.slice(0, 3)).toEqual([0, 100 / 7, 200 / 7])
    expect(store.keys()).toEqual([])
  })

  it('loses nothing by a Qdrant that dies in the middle, and goes on when it is back', async () => {
    const { port } = server
    onEmbed = async (batch) => {
      if (batch === 10) await server.close()
    }
    const { ended, lines } = start(keep().id)
    await pass(() => lines.length >= 3)
    const before = stored() ?? 0
    expect(before).toBeGreaterThan(200)
    expect(before).toBeLessThan(400)
    expect(lines[0]).toMatch(/(broke off|refuses).* Trying again in 0\.5 s\.$/)
    const doneBefore = batches
    server = await startQdrant({ collections, port })
    let result: unknown
    void ended.then((value) => (result = value))
    await pass(() => result !== undefined)
    expect(result).toMatchObject({ documents: 650, points: 650, failed: 0 })
    expect(stored()).toBe(650)
    // the parts that were in were not loaded again: 450 are left, in parts of 100, groups of 32

    expect(batches - doneBefore).toBe(18)
  })

  it('gives up after a while, keeps the rest, and the same documents go on with it', async () => {
    const { port } = server
    onEmbed = async (batch) => {
      if (batch === 10) await server.close()
    }
    const load = keep()
    let thrown: unknown
    start(load.id).ended.catch((error) => (thrown = error))
    await pass(() => thrown !== undefined)
    expect(thrown).toMatchObject({ code: 'UPSTREAM_UNREACHABLE' })
    expect(findLoad(store, load.id)?.done).toBe(2)
    server = await startQdrant({ collections, port })
    batches = 100
    const again = keep()
    expect(again).toMatchObject({ id: load.id, done: 2 })
    expect(await start(again.id).ended).toMatchObject({ documents: 650, points: 650 })
    expect(stored()).toBe(650)
  })

  it('goes on in another controller where the one before was killed', async () => {
    const load = keep()
    onEmbed = (batch) => (batch === 15 ? new Promise(() => {}) : undefined)
    start(load.id)
    await pass(() => batches === 15)
    onEmbed = () => {}
    const { ended, steps } = start(load.id)
    expect(await ended).toMatchObject({ documents: 650, points: 650 })
    expect(stored()).toBe(650)
    // killed once more, between the end of the load and the end of the job
    expect(await start(load.id, new AbortController(), steps).ended).toMatchObject({
      documents: 650,
    })
  })

  it('that is cancelled stops, and what was left of it is not kept', async () => {
    const abort = new AbortController()
    onEmbed = (batch) => {
      if (batch === 9) abort.abort(new ControlError('JOB_CANCELLED', 'cancelled'))
    }
    await expect(start(keep().id, abort).ended).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
    expect(store.keys()).toEqual([])
    expect(stored()).toBeLessThan(650)
  })

  it('lists what is refused and loads the rest', async () => {
    const odd = documents.map((each) => (each.index === 123 ? { ...each, text: 'poison' } : each))
    const { ended, lines } = start(keep(odd).id, new AbortController())
    expect(await ended).toMatchObject({ documents: 650 })
    expect(lines).toEqual([])
    collections.get('notes')?.points.clear()
    const load = keep(odd.slice(100))
    const target = await open()
    const refusing: Target = {
      ...target,
      async embed(texts, signal) {
        if (texts.includes('poison')) throw new ControlError('PAYLOAD_TOO_LARGE', 'too long')
        return target.embed(texts, signal)
      },
    }
    const job = { input: { load: load.id }, signal: new AbortController().signal }
    const told: string[] = []
    const result = await runLoad(
      {
        ...{ ...job, phase() {}, percent() {}, line: (text: string) => void told.push(text) },
        step: async (_name, work) => work({ attempt: 1 }),
      },
      { store, clock, open: async () => refusing },
    )
    expect(result).toMatchObject({
      ...{
        documents: 549,
        failed: 1,
        failures: [{ index: 123, id: 'd123', code: 'PAYLOAD_TOO_LARGE' }],
      },
    })
    expect(told).toEqual(['d123 — PAYLOAD_TOO_LARGE: too long'])
  })

  it('where everything is refused ends early', async () => {
    onEmbed = () => {
      throw new ControlError('VALIDATION', 'no such model')
    }
    await expect(start(keep().id).ended).rejects.toMatchObject({
      ...{ code: 'DOCUMENTS_REFUSED', status: 422 },
    })
    expect(batches).toBeLessThan(250)
  })

  it('whose documents are gone says so', async () => {
    await expect(start('none').ended).rejects.toMatchObject({ code: 'DOCUMENTS_GONE' })
  })
})

describe('loads that broke off', () => {
  it('are kept, the last few of them; what is being loaded is never swept', () => {
    const ids = Array.from({ length: 8 }, (_, n) => {
      const id = `load-${n}`
      keepLoad(store, { id, collection: 'notes', chunk }, documents.slice(0, 3), n)
      return id
    })
    store.set('load/orphan/part/000000', [])
    sweepLoads(store, new Set(['load-0']))
    const left = new Set(store.keys('load/').map((key) => key.split('/')[1]))
    expect([...left]).toEqual(['load-0', 'load-4', 'load-5', 'load-6', 'load-7'])
    for (const id of ids) dropLoad(store, id)
    expect(store.keys()).toEqual([])
  })
})
