import { afterEach, describe, expect, it } from 'vitest'
import type { Service } from '#core'
import { createFakeClock } from '../../../core/testing/fake-clock.ts'
import { servedBy } from '../served.ts'
import type { Settings } from '../settings.ts'
import { createDemandRig } from '../testing/demand-rig.ts'
import { restoreLost } from './restorer.ts'
import { tellTrouble, troubleOf } from './trouble.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A service that served Org/A, launched from here, until the test takes the engine away. */
function start(settings: Partial<Settings> = { restore: 'last' }) {
  const clock = createFakeClock()
  const rig = createDemandRig(clock, settings)
  const notices: string[] = []
  const service: Service<Settings> = {
    ...rig.service,
    notify: ({ code, message }) => void notices.push(`${code}: ${message}`),
  }
  const { kept, set } = servedBy(service)
  ends.push(rig.stop)
  rig.cluster.start('spark-1', 'vllm serve Org/A')
  kept.setLaunched({ 'spark-1': rig.cluster.containers.get('spark-1')?.id ?? '' })
  const loadedAt = new Date(clock.now()).toISOString()
  kept.setLoad('Org/A', { seconds: 60, loadedAt, footprintBytes: {} })
  void restoreLost(service, rig.kind, rig.acts)
  return {
    ...{ ...rig, clock, service, notices, kept },
    /** The machine has restarted: no container, nothing served. */
    lose() {
      rig.cluster.containers.clear()
      set(null)
    },
    /** The load under way fails and leaves nothing, as a load does. */
    fail() {
      rig.end({ state: 'failed', error: { code: 'X', message: 'out of memory', log_tail: [] } })
      kept.setLaunched({})
      set(null)
    },
  }
}

describe('restore', () => {
  it('loads the last model again after two looks, and says so', async () => {
    const { clock, state, notices, lose } = start()
    lose()
    await clock.advance(1_000)
    expect(state.acts).toEqual([])
    await clock.advance(10_000)
    expect(state.acts).toEqual(['load Org/A'])
    expect(notices).toEqual([
      'RESTORING: A was lost on spark-1 and is being loaded again (try 1 of 2)',
    ])
  })

  it('loads the default model where that is said', async () => {
    const on_demand = { enabled: false, default_model: 'Org/Home' } as Settings['on_demand']
    const { clock, state, lose } = start({ restore: 'default', ...(on_demand && { on_demand }) })
    lose()
    await clock.advance(11_000)
    expect(state.acts).toEqual(['load Org/Home'])
  })

  it('gives up after two tries, which are counted where a restart finds them, and says why', async () => {
    const { clock, state, notices, lose, fail, service } = start()
    lose()
    await clock.advance(11_000)
    expect(service.store.get('restore')).toMatchObject({ tries: 1, job: 'job-1' })
    fail()
    await clock.advance(6_000)
    expect(state.acts).toEqual(['load Org/A', 'load Org/A'])
    fail()
    await clock.advance(60_000)
    expect(state.acts.length).toBe(2)
    expect(troubleOf(service)?.message).toBe(
      'A was lost on spark-1 and could not be loaded again in 2 tries: out of memory',
    )
    expect(notices.filter((notice) => notice.startsWith('RESTORE_FAILED')).length).toBe(1)
  })

  it('waits for a lease, which is no try', async () => {
    const { clock, state, lose, notices } = start()
    state.leaseOf = 'call-summaries'
    lose()
    await clock.advance(60_000)
    expect([state.acts, notices]).toEqual([[], []])
    state.leaseOf = null
    await clock.advance(6_000)
    expect(notices[0]).toContain('try 1 of 2')
  })

  it.each([
    ['is unloaded', (it: ReturnType<typeof start>) => it.kept.setLaunched({})],
    ['is on a machine that does not answer', (it) => it.cluster.faults.down.add('spark-1')],
    [
      'was stopped for want of memory',
      (it) =>
        tellTrouble(it.service, { code: 'MEMORY_FLOOR', at: '', message: 'low', hint: 'mend it' }),
    ],
  ] as [string, (it: ReturnType<typeof start>) => void][])(
    'leaves alone what %s',
    async (_, change) => {
      const rig = start()
      change(rig)
      rig.lose()
      await rig.clock.advance(60_000)
      expect(rig.state.acts).toEqual([])
    },
  )

  it('loads again what died inside its container', async () => {
    const { clock, state, cluster, service } = start()
    const container = cluster.containers.get('spark-1')
    if (container) container.engines = []
    servedBy(service).set(null)
    await clock.advance(11_000)
    expect(state.acts).toEqual(['load Org/A'])
  })
})
