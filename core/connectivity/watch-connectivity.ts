import type { Logger } from 'pino'
import type { ContainerChange } from '../containers/container-change.ts'
import type { Clock } from '../plugin.ts'
import type { Prober } from '../probes/prober.ts'
import type { LiveService } from '../services.ts'
import type { Database } from '../store/database.ts'
import { createKeyValue } from '../store/key-value.ts'
import { type Door, type Knock, startKnocks } from './knocks.ts'
import { createRecorder, type Recorder } from './recorder.ts'

export interface ConnectivityDeps {
  db: Database
  clock: Clock
  log: Logger
  prober: Prober
  services(): readonly LiveService[]
  /** Title of a job that works on a service, which explains why its port refuses. */
  jobOf(service: string): string | undefined
  /** Ids of the services whose container it is. */
  ownersOf(change: ContainerChange): readonly string[]
  onContainerChange(listener: (change: ContainerChange) => void): void
  /** Instead of a TCP connection. */
  knock?: Knock
}

const BEAT_MS = 30_000

/** Keeps the connectivity log: what the polls see, and what falls between two of them. */
export function watchConnectivity(deps: ConnectivityDeps): Recorder {
  const { db, clock, log, prober, services, jobOf } = deps
  const { history } = prober
  const recorder = createRecorder({
    ...{ history, clock, log },
    store: createKeyValue(db, 'connectivity'),
  })
  const over = new AbortController()
  deps.onContainerChange((change) => {
    const job = deps.ownersOf(change).map(jobOf).find(Boolean)
    recorder.container(change, job ? `while “${job}” runs` : null)
  })
  const knocks = startKnocks({
    clock,
    ...(deps.knock && { knock: deps.knock }),
    doors: () => services().flatMap(doorOf),
    onKnock(service, isOpen) {
      const state = prober.view(service)?.state ?? 'unknown'
      const job = jobOf(service)
      const reason = job ? `its port refuses while “${job}” runs` : 'its port refused a connection'
      recorder.knocked(service, isOpen, state, reason)
      // A look tells what it is, and so when it is over.
      if (!isOpen && (state === 'up' || state === 'busy')) prober.soon(service)
    },
  })
  const beat = async (): Promise<void> => {
    while (!over.signal.aborted) {
      recorder.alive()
      await clock.sleep(BEAT_MS, over.signal).catch(() => {}) // stopped: the condition ends it
    }
  }
  void beat()
  return {
    ...recorder,
    close() {
      over.abort()
      knocks.stop()
      recorder.close()
    },
  }
}

/** The port of a service whose address is known without asking for a name. */
function doorOf({ spec, upstreams }: LiveService): Door[] {
  const origin = upstreams.get('main')?.origin
  const { hostname, port, protocol } = origin ? new URL(origin) : {}
  if (!hostname || !/^[\d.]+$/.test(hostname)) return []
  return [
    {
      service: spec.id,
      address: hostname,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    },
  ]
}
