import { asControlError, type Clock, type Host, type KeyValue, type Logger } from '#core'
import { type HostScan, type Memory, scanHost } from './scan-host.ts'

/** How old a scan may get. */
const RESCAN_MS = 60_000
/** How often the end of a job is looked for, since jobs change what lies on the disks. */
const LOOK_MS = 2_000
/** Every so many scans nothing is taken as known, in case files changed in place. */
const FULL_EVERY = 10

export interface CatalogueDeps {
  /** Hosts to scan, asked anew each time. */
  hosts(): readonly Host[]
  /** Ids of jobs under way. */
  activeJobs(): readonly string[]
  store: KeyValue
  clock: Clock
  log: Logger
  /** What is on the disks is not what it was. */
  onChange(): void
}

/** The disks of all hosts, read in the background and kept across restarts. */
export interface Catalogue {
  /** The last scan of every host, in the topology's order; hosts never reached are absent. */
  scans(): HostScan[]
  /** Grows with every scan, so that what was made of the scans can be kept until then. */
  version(): number
  /** Hosts that never answered, with the reason. */
  failures(): { host: string; message: string }[]
  /** Reads all disks now, nothing taken as known; never rejects. */
  rescan(): Promise<void>
  /** Resolves when every host was tried at least once. */
  firstScan(): Promise<void>
}

/** Starts reading the disks: at once, every minute, and after every job. */
export function createCatalogue(deps: CatalogueDeps, signal: AbortSignal): Catalogue {
  const scans = new Map<string, HostScan>()
  const failures = new Map<string, string>()
  const memories = new Map<string, Memory>()
  let underWay: Promise<void> | undefined
  let count = 0
  let version = 0

  for (const host of deps.hosts()) {
    const before = deps.store.get<HostScan>(`scan:${host.id}`)
    if (before) scans.set(host.id, withPresentFacts(before))
  }

  async function scanOne(host: Host, isFull: boolean): Promise<boolean> {
    const memory = memories.get(host.id) ?? new Map()
    memories.set(host.id, memory)
    if (isFull) memory.clear()
    const before = scans.get(host.id)
    try {
      const scan = await scanHost(host, memory, deps.clock.now(), signal)
      scans.set(host.id, scan)
      failures.delete(host.id)
      if (before && contentOf(before) === contentOf(scan)) return false
      deps.store.set(`scan:${host.id}`, scan)
      return true
    } catch (thrown) {
      if (signal.aborted) return false
      memory.clear()
      const { message, code } = asControlError(thrown)
      const isNews = before ? before.error !== message : failures.get(host.id) !== message
      if (isNews) deps.log.warn({ host: host.id, code, reason: message }, 'disk could not be read')
      if (before) scans.set(host.id, { ...before, error: message })
      else failures.set(host.id, message)
      return isNews
    }
  }

  async function scanAll(isFull: boolean): Promise<void> {
    const hosts = deps.hosts()
    const ids = new Set(hosts.map((host) => host.id))
    for (const map of [scans, failures, memories]) {
      for (const id of map.keys()) if (!ids.has(id)) map.delete(id)
    }
    const changes = await Promise.all(hosts.map((host) => scanOne(host, isFull)))
    version++
    if (changes.some(Boolean) && !signal.aborted) deps.onChange()
  }

  const scan = (isFull: boolean): Promise<void> => {
    underWay ??= scanAll(isFull || count++ % FULL_EVERY === 0).finally(() => {
      underWay = undefined
    })
    return underWay
  }

  const first = scan(true)
  void keepScanning(deps, signal, () => scan(false), first)
  return {
    version: () => version,
    scans: () => deps.hosts().flatMap((host) => scans.get(host.id) ?? []),
    failures: () => [...failures].map(([host, message]) => ({ host, message })),
    async rescan() {
      // one that began before the call may have read what the caller has changed since
      await underWay
      await scan(true)
    },
    firstScan: () => first,
  }
}

async function keepScanning(
  deps: CatalogueDeps,
  signal: AbortSignal,
  rescan: () => Promise<void>,
  first: Promise<void>,
): Promise<void> {
  await first
  let scannedAt = deps.clock.now()
  let active = deps.activeJobs()
  while (!signal.aborted) {
    try {
      await deps.clock.sleep(LOOK_MS, signal)
    } catch {
      // the kind was closed
      return
    }
    const now = deps.activeJobs()
    const hasEnded = active.some((id) => !now.includes(id))
    active = now
    if (!hasEnded && deps.clock.now() - scannedAt < RESCAN_MS) continue
    await rescan()
    scannedAt = deps.clock.now()
  }
}

/** What an earlier version read of a config is read anew, not misread. */
const withPresentFacts = (scan: HostScan): HostScan => ({
  ...scan,
  models: scan.models.map((model) => ({
    ...model,
    facts: model.facts && 'layout' in model.facts ? model.facts : null,
  })),
})

/** A scan without what changes by itself. */
const contentOf = ({ scannedAt: _, disk: __, ...rest }: HostScan): string => JSON.stringify(rest)
