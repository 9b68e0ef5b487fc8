import { type Host, type Kind, type Service, script } from '#core'
import type { Acts } from '../demand/act-patiently.ts'
import { launchSettings } from '../launch/launch-settings.ts'
import { activeJob } from '../probe.ts'
import { titleIn } from '../recipe/recipe-book.ts'
import { servedBy } from '../served.ts'
import { engineFor, hostsOf } from '../services.ts'
import type { Settings } from '../settings.ts'
import { FLOOR_SCRIPT } from './floor-script.ts'
import { floorOf } from './settings.ts'
import { clearTrouble, lowMemory, tellTrouble } from './trouble.ts'

const LOOK_EVERY_MS = 1_000
/** Between two looks on the host: a Spark reads up to 3.5 GB a second into its memory. */
const PAUSE_S = '0.5'
/** After a connection was lost, or the host could not be asked. */
const AGAIN_AFTER_MS = 5_000

interface Watch {
  container: string
  stop: AbortController
}

/**
 * Watches the memory of every machine on which a container of our own launch runs, while it loads
 * and while it serves. Whatever was not started from here has an id that is not looked for.
 */
export async function guardMemory(
  service: Service<Settings>,
  kind: Kind<Settings>,
  acts: Acts,
): Promise<void> {
  const { signal, clock } = service
  const watches = new Map<string, Watch>()
  const over = new Set<string>()
  const told = new Set<string>()
  const { kept, get } = servedBy(service)
  while (!signal.aborted) {
    const launched = kept.launched()
    for (const [id, { container, stop }] of watches) {
      if (launched[id] === container) continue
      watches.delete(id)
      stop.abort(new Error('it is no longer ours to watch'))
    }
    for (const host of hostsOf(service)) {
      const container = launched[host.id]
      const floorBytes = floorOf(service.settings.memory_floor, host.spec)
      if (container === undefined || floorBytes === null) continue
      if (watches.has(host.id) || over.has(container)) continue
      const stop = new AbortController()
      watches.set(host.id, { container, stop })
      void watchHost(host, container, floorBytes, stop.signal)
    }
    clearTrouble(service)
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {}) // the condition ends it
  }

  async function watchHost(
    host: Host,
    container: string,
    floorBytes: number,
    stop: AbortSignal,
  ): Promise<void> {
    const until = AbortSignal.any([signal, stop])
    while (!until.aborted) {
      try {
        const end = await stayOn(host, container, floorBytes, until)
        if (end === 'killed') await leaveNothing()
        if (end !== 'still there') {
          over.add(container)
          return
        }
      } catch (err) {
        if (until.aborted) return
        kind.log.debug({ err, service: service.id, host: host.id }, 'memory watch was lost')
      }
      await clock.sleep(AGAIN_AFTER_MS, until).catch(() => {}) // the condition ends it
    }
  }

  /** Runs the script until the engine is gone, by it or otherwise. Throws when it is cut off. */
  async function stayOn(
    host: Host,
    container: string,
    floorBytes: number,
    until: AbortSignal,
  ): Promise<'killed' | 'still there' | 'gone'> {
    let end: 'killed' | 'still there' | 'gone' | undefined
    let availableBytes = 0
    const { launcher } = launchSettings(service.settings, service.id)
    const carrier = launcher === 'command' ? 'process' : host.spec.container_runtime
    const floorKib = Math.ceil(floorBytes / 1024)
    const command = script(FLOOR_SCRIPT, carrier, container, `${floorKib}`, PAUSE_S)
    await host.run(command, {
      signal: until,
      timeoutMs: null,
      maxOutputBytes: 4096,
      onLine(line) {
        const [record, value] = line.split('\t')
        if (record === 'GONE') end = 'gone'
        // said before it is dead, so that the load that fails of it finds the cause
        if (record === 'LOW') {
          availableBytes = Number(value) * 1024
          tell({ host: host.id, container, availableBytes, floorBytes, isStuck: false })
        }
        if (record === 'KILLED') end = value === '0' ? 'killed' : 'still there'
        if (end === 'still there')
          tell({ host: host.id, container, availableBytes, floorBytes, isStuck: true })
      },
    })
    if (end) return end
    throw new Error('the watch ended without a word')
  }

  /** Once for each engine, though one that cannot be killed is tried again. */
  function tell(low: {
    host: string
    container: string
    availableBytes: number
    floorBytes: number
    isStuck: boolean
  }): void {
    const key = `${low.container} ${low.isStuck}`
    if (told.has(key)) return
    told.add(key)
    const job = service.jobs.active().find(({ kind: name }) => name.endsWith('.swap'))
    const model = (job?.input as { model?: string } | undefined)?.model ?? get()?.models[0]
    const what = model === undefined ? engineFor(service).thing : titleIn(service.recipes, model)
    const at = new Date(clock.now()).toISOString()
    tellTrouble(service, lowMemory({ ...low, what, at }))
  }

  /** A load cleans up itself; what served on further machines is nothing without the one killed. */
  async function leaveNothing(): Promise<void> {
    if (activeJob(service)) return
    await kind.operate(acts.unload, { service: service.id }, signal).catch((err) => {
      kind.log.warn(
        { err, service: service.id },
        'the rest of a killed engine could not be stopped',
      )
    })
  }
}
