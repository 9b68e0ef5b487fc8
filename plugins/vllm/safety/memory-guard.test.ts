import { afterEach, describe, expect, it } from 'vitest'
import {
  type Command,
  ControlError,
  display,
  type ExecOptions,
  type Host,
  type Service,
} from '#core'
import { createFakeClock } from '../../../core/testing/fake-clock.ts'
import { servedBy } from '../served.ts'
import type { Settings } from '../settings.ts'
import { createDemandRig } from '../testing/demand-rig.ts'
import { guardMemory } from './memory-guard.ts'
import { troubleOf } from './trouble.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

interface Watch {
  host: string
  words: string[]
  say(...lines: string[]): void
  end(): void
  lose(): void
  signal: AbortSignal | undefined
}

/** A service on spark-1 whose watches on the host are moved by the test. */
function start(settings: Partial<Settings> = {}, memory: 'auto' | 'discrete' = 'auto') {
  const clock = createFakeClock()
  const rig = createDemandRig(clock, settings)
  const watches: Watch[] = []
  const notices: { code: string; message: string }[] = []
  const hosts = new Map<string, Host>()
  for (const [id, host] of rig.cluster.hosts) {
    const run = (command: Command, { onLine, signal }: ExecOptions = {}) =>
      new Promise<never>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        watches.push({
          host: id,
          words: display(command).match(/[\w.-]+/g) ?? [],
          say: (...lines) => {
            for (const line of lines) onLine?.(line, 'stdout')
          },
          end: () => resolve(undefined as never),
          lose: () => reject(new ControlError('HOST_LOST', 'gone')),
          signal,
        })
      })
    hosts.set(id, { ...host, spec: { ...host.spec, memory }, run })
  }
  const service: Service<Settings> = {
    ...rig.service,
    hosts,
    notify: (notice) => void notices.push(notice),
  }
  ends.push(rig.stop)
  const { kept, set } = servedBy(service)
  void guardMemory(service, rig.kind, rig.acts)
  const serve = (container: string) => {
    kept.setLaunched({ 'spark-1': container })
    const seenAt = new Date(clock.now()).toISOString()
    set({
      models: ['Org/A'],
      root: 'Org/A',
      maxModelLen: null,
      since: seenAt,
      seenAt,
      containers: {},
    })
  }
  return { ...rig, clock, service, watches, notices, kept, serve }
}

describe('the memory guard', () => {
  it('watches what was launched from here, by its id, and nothing else', async () => {
    const { clock, watches, kept } = start()
    await clock.advance(5_000)
    expect(watches).toEqual([])
    kept.setLaunched({ 'spark-1': 'c0ffee' })
    await clock.advance(5_000)
    expect(watches.length).toBe(1)
    expect(watches[0]?.words).toEqual(expect.arrayContaining(['docker', 'c0ffee', '2097152']))
    kept.setLaunched({ 'spark-1': 'beef' })
    await clock.advance(1_000)
    expect(watches[0]?.signal?.aborted).toBe(true)
    expect(watches[1]?.words).toContain('beef')
  })

  it.each<[string, Partial<Settings>, 'auto' | 'discrete', number]>([
    ['off', { memory_floor: 'off' }, 'auto', 0],
    ['a GPU with a memory of its own', {}, 'discrete', 0],
    ['the same, but asked for', { memory_floor: '512m' }, 'discrete', 1],
  ])('with %s', async (_, settings, memory, count) => {
    const { clock, watches, kept } = start(settings, memory)
    kept.setLaunched({ 'spark-1': 'c0ffee' })
    await clock.advance(2_000)
    expect(watches.length).toBe(count)
  })

  it('says what it stopped and why, once, and clears what is left on other machines', async () => {
    const { clock, watches, notices, serve, service, state } = start()
    serve('c0ffee')
    await clock.advance(1_000)
    watches[0]?.say('OK\t9000000', 'LOW\t1500000', 'KILLED\t0')
    watches[0]?.end()
    await clock.advance(30_000)
    expect(notices.map(({ code, message }) => [code, message])).toEqual([
      [
        'MEMORY_FLOOR',
        'A was stopped because spark-1 had only 1.5 GB of memory left (memory_floor is 2.1 GB)',
      ],
    ])
    expect(troubleOf(service)?.code).toBe('MEMORY_FLOOR')
    expect(state.acts).toEqual(['unload'])
    expect(watches.length).toBe(1)
  })

  it('leaves the rest to the load that fails of it', async () => {
    const { clock, watches, kept, state } = start()
    kept.setLaunched({ 'spark-1': 'c0ffee' })
    state.job = { ...JOB, input: { model: 'Org/A', title: 'A' } }
    await clock.advance(1_000)
    watches[0]?.say('LOW\t1500000', 'KILLED\t0')
    watches[0]?.end()
    await clock.advance(5_000)
    expect(state.acts).toEqual([])
  })

  it('tries again what could not be killed, and says so once', async () => {
    const { clock, watches, notices, serve } = start()
    serve('c0ffee')
    await clock.advance(1_000)
    watches[0]?.say('LOW\t1500000', 'KILLED\t1')
    watches[0]?.end()
    await clock.advance(5_000)
    watches[1]?.say('LOW\t1400000', 'KILLED\t0')
    watches[1]?.end()
    await clock.advance(10_000)
    expect(watches.length).toBe(2)
    expect(notices.map(({ message }) => message.replace(/ spark-1.*/, ''))).toEqual([
      'A was stopped because',
      'A could not be stopped although',
    ])
  })

  it('takes the watch up again when the connection was lost, not when the engine is gone', async () => {
    const { clock, watches, serve } = start()
    serve('c0ffee')
    await clock.advance(1_000)
    watches[0]?.lose()
    await clock.advance(6_000)
    expect(watches.length).toBe(2)
    watches[1]?.say('GONE')
    watches[1]?.end()
    await clock.advance(60_000)
    expect(watches.length).toBe(2)
  })

  it('lets the reason stand until another launch serves, though the dying one is seen once more', async () => {
    const { clock, watches, serve, service } = start()
    serve('c0ffee')
    await clock.advance(1_000)
    watches[0]?.say('LOW\t1500000')
    await clock.advance(1_000)
    serve('c0ffee')
    await clock.advance(2_000)
    expect(troubleOf(service)).toBeDefined()
    serve('beef')
    await clock.advance(2_000)
    expect(troubleOf(service)).toBeUndefined()
  })
})

const JOB = {
  ...{ id: 'job-1', title: 'Load A', kind: 'vllm.swap', service: 'llm', state: 'running' as const },
  ...{ phase: null, percent: null, phases: [], result: undefined },
  ...{ created_at: '', started_at: null, ended_at: null },
}
