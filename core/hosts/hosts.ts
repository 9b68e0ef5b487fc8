import type { Logger } from 'pino'
import { ControlError } from '../errors.ts'
import type { NoticeView } from '../events/event-view.ts'
import type { Clock } from '../plugin.ts'
import type { HostView } from '../views.ts'
import type { Host, HostSpec } from './host.ts'
import { type Environment, HostEntry } from './host-entry.ts'
import { keepKeyPair } from './key-pair.ts'
import { KnownHosts, knownHostsFile } from './known-hosts.ts'
import { ownUser } from './own-user.ts'
import type { PastHour } from './past-hour.ts'
import { TIMING, type Timing } from './timing.ts'

export interface HostsOptions {
  /** `hosts` of the topology. */
  hosts: Record<string, HostSpec>
  /** Keys and known hosts live in its folder `ssh`. */
  dataDir: string
  clock: Clock
  log: Logger
  /** Tells the owner of something nobody asked for. */
  notify?(notice: Omit<NoticeView, 'at'>): void
  /** Told when a kept connection to a host is dropped, before the host is looked at again. */
  lost?(id: string): void
  pollIntervalMs?: number
  timing?: Partial<Timing>
  random?(): number
}

/** Every machine of the topology, and what is known about it. */
export interface Hosts {
  /** A host as its own or another user; cheap, connects when used. Throws HOST_UNKNOWN. */
  get(id: string, user?: string): Host
  all(): Host[]
  ids(): string[]
  views(): HostView[]
  /** Figures of the last hour. Throws HOST_UNKNOWN. */
  pastHour(id: string): PastHour
  /** Calls back after each poll and each change; returns the function that ends it. */
  onChange(listener: (view: HostView) => void): () => void
  /** Takes a new topology: hosts that did not change keep connection and figures. */
  update(hosts: Record<string, HostSpec>): void
  /** Looks at the host now; joins a look that is under way. */
  pollNow(id: string): Promise<HostView>
  /** Trusts the key the host shows if it is this one (`SHA256:…`), then looks at the host. */
  trust(id: string, fingerprint: string): Promise<HostView>
  /** The controller's line for authorized_keys. */
  publicKey(): string
  close(): Promise<void>
}

const POLL_INTERVAL_MS = 5_000

/** Starts looking at every host; close() ends it. */
export function createHosts(options: HostsOptions): Hosts {
  const { dataDir, clock, log } = options
  const keyPair = keepKeyPair(dataDir)
  const knownHosts = new KnownHosts(knownHostsFile(dataDir))
  const listeners = new Set<(view: HostView) => void>()
  const entries = new Map<string, HostEntry>()
  const closing = new AbortController()
  const environment: Environment = {
    closing: closing.signal,
    keyPair,
    knownHosts,
    clock,
    log,
    notify: (notice) => options.notify?.(notice),
    pollIntervalMs: options.pollIntervalMs ?? POLL_INTERVAL_MS,
    timing: { ...TIMING, ...options.timing },
    random: options.random ?? Math.random,
    ownUser: ownUser(),
    lost(id) {
      if (closing.signal.aborted || !entries.has(id)) return
      options.lost?.(id)
      // At once, so that how long it was gone is known.
      void entries.get(id)?.poll()
    },
    changed(view: HostView) {
      for (const listener of listeners) listener(view)
    },
  }

  const find = (id: string): HostEntry => {
    const entry = entries.get(id)
    if (entry) return entry
    const ids = [...entries.keys()].map((other) => `"${other}"`).join(', ')
    throw new ControlError('HOST_UNKNOWN', `there is no host "${id}"`, {
      hint: `hosts: has ${ids || 'none'}`,
    })
  }

  const update = (specs: Record<string, HostSpec>) => {
    for (const [id, entry] of entries) {
      if (Object.hasOwn(specs, id)) continue
      entries.delete(id)
      entry.retire()
    }
    for (const [id, spec] of Object.entries(specs)) {
      const entry = entries.get(id)
      if (entry) entry.update(spec)
      else entries.set(id, new HostEntry(id, spec, environment))
    }
  }
  update(options.hosts)

  return {
    get: (id, user) => find(id).host(user),
    all: () => [...entries.values()].map((entry) => entry.host()),
    ids: () => [...entries.keys()],
    views: () => [...entries.values()].map((entry) => entry.view()),
    pastHour: (id) => find(id).pastHour(),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    update,
    pollNow: (id) => find(id).poll(),
    trust: (id, fingerprint) => find(id).trust(fingerprint),
    publicKey: () => keyPair.publicKey,
    async close() {
      listeners.clear()
      const why = 'the controller is ending, so what runs on the hosts is no longer watched'
      closing.abort(new ControlError('HOST_LOST', why))
      await Promise.all([...entries.values()].map((entry) => entry.close()))
    },
  }
}
