import type { Logger } from 'pino'
import { toAt } from '../clock.ts'
import { asControlError, ControlError } from '../errors.ts'
import type { NoticeView } from '../events/event-view.ts'
import type { HostView } from '../views.ts'
import { mustSucceed } from './collect.ts'
import { diskUseCommand, parseDiskUse } from './disk-use.ts'
import type { Host, HostSpec } from './host.ts'
import { HostShells, type ShellEnvironment } from './host-shells.ts'
import { blankView, failedView, hasShell } from './host-view.ts'
import { lowDisks } from './low-disks.ts'
import { createPastHour, type PastHour } from './past-hour.ts'
import { parsePoll, pollCommand } from './poll.ts'

/** What all hosts share. */
export interface Environment extends ShellEnvironment {
  log: Logger
  pollIntervalMs: number
  changed(view: HostView): void
  notify(notice: Omit<NoticeView, 'at'>): void
}

const POLL_TIMEOUT_MS = 15_000
const WEIGH_EVERY_MS = 600_000
const WEIGH_TIMEOUT_MS = 300_000

/** One host: its shells, its loop of polls, its view. */
export class HostEntry {
  readonly #id: string
  readonly #environment: Environment
  #spec: HostSpec
  #shells: HostShells
  #view: HostView
  #polling: Promise<HostView> | undefined
  #loop = new AbortController()
  #looping: Promise<void> = Promise.resolve()
  #isRetired = false
  #pastHour = createPastHour()
  #weighedMs = Number.NEGATIVE_INFINITY
  #weighing: Promise<void> = Promise.resolve()

  constructor(id: string, spec: HostSpec, environment: Environment) {
    this.#id = id
    this.#spec = spec
    this.#environment = environment
    this.#shells = new HostShells(id, spec, environment)
    this.#view = blankView(id, spec)
    this.#startLoop()
  }

  view(): HostView {
    return this.#view
  }

  pastHour(): PastHour {
    return this.#pastHour.view()
  }

  /** The host as one of its users. */
  host(user?: string): Host {
    const entry = this
    const exec: Host['exec'] = async (command, options) => {
      const result = entry.#shells.of(user ?? entry.#spec.user).exec(command, options)
      // A job may outlive its host's place in the topology; it keeps no connection open then.
      if (entry.#isRetired) entry.#shells.retire()
      return await result
    }
    return {
      id: this.#id,
      get address() {
        return entry.#spec.address
      },
      get spec() {
        return entry.#spec
      },
      exec,
      run: async (command, options) =>
        mustSucceed(entry.#id, command, await exec(command, options)),
    }
  }

  /** Takes a new spec. Connections are kept unless address, user, port, key or local changed. */
  update(spec: HostSpec): void {
    const isSame = reach(spec) === reach(this.#spec)
    this.#spec = spec
    if (isSame) return
    this.#loop.abort()
    this.#shells.retire()
    this.#shells = new HostShells(this.#id, spec, this.#environment)
    this.#polling = undefined
    this.#view = blankView(this.#id, spec)
    this.#pastHour = createPastHour()
    this.#weighedMs = Number.NEGATIVE_INFINITY
    this.#environment.changed(this.#view)
    this.#startLoop()
  }

  /** One look at the host, shared by all who ask meanwhile. */
  poll(): Promise<HostView> {
    if (this.#polling) return this.#polling
    const polling = this.#poll().finally(() => {
      if (this.#polling === polling) this.#polling = undefined
    })
    this.#polling = polling
    return polling
  }

  /** Trusts the shown key if its fingerprint is the one given, and looks again. */
  async trust(fingerprint: string): Promise<HostView> {
    const isShown = () => this.#shells.verdict?.offered === fingerprint
    if (!isShown()) {
      this.#shells.retry()
      await this.poll()
    }
    if (!isShown()) throw notShown(this.#view, fingerprint)
    if (this.#shells.verdict?.is === 'known') return this.#view
    this.#shells.trustShownKey()
    this.#environment.log.info({ host: this.#id, fingerprint }, 'host key trusted')
    await this.#polling // one that began before
    return this.poll()
  }

  /** The host left the topology: no more looks; its shells close when nothing runs in them. */
  retire(): void {
    this.#isRetired = true
    this.#loop.abort()
    this.#shells.retire()
  }

  /** Resolves when nothing of it goes on; the environment's `closing` ends the shells. */
  async close(): Promise<void> {
    this.#loop.abort()
    await this.#looping
    await this.#polling
    await this.#weighing
  }

  #startLoop() {
    this.#loop = new AbortController()
    if (hasShell(this.#spec)) this.#looping = this.#pollForever(this.#loop.signal)
  }

  async #pollForever(signal: AbortSignal): Promise<void> {
    const { clock, pollIntervalMs } = this.#environment
    while (!signal.aborted) {
      await this.poll()
      await clock.sleep(pollIntervalMs, signal).catch(() => {}) // aborted: the condition ends it
    }
  }

  async #poll(): Promise<HostView> {
    if (!hasShell(this.#spec)) return this.#view
    const spec = this.#spec
    const shells = this.#shells
    const view = await this.#look(spec).catch((thrown: unknown) =>
      failedView(this.#view, asControlError(thrown), shells.verdict),
    )
    // An edit came between, or the host is leaving: this was a look at what is no more.
    if (shells === this.#shells && !this.#loop.signal.aborted) this.#show(view)
    return this.#view
  }

  async #look(spec: HostSpec): Promise<HostView> {
    const { stdout, durationMs } = await this.host().run(pollCommand(spec), {
      timeoutMs: POLL_TIMEOUT_MS,
    })
    const figures = parsePoll(stdout, spec)
    const low = lowDisks(figures.disks, this.#view.low_disks ?? [], spec).map(({ path }) => path)
    return {
      id: this.#id,
      address: spec.address,
      state: 'ok',
      ...(low.length > 0 && { low_disks: low }),
      ...(this.#view.disk_use && { disk_use: this.#view.disk_use }),
      checked_at: toAt(this.#environment.clock.now()),
      round_trip_ms: Math.round(durationMs * 10) / 10,
      figures,
    }
  }

  /** Beside the polls and seldom: it takes seconds, and what fills a disk changes slowly. */
  #weighNowAndThen(spec: HostSpec): void {
    const { clock, log } = this.#environment
    if (clock.now() - this.#weighedMs < WEIGH_EVERY_MS) return
    this.#weighedMs = clock.now()
    const { signal } = this.#loop
    this.#weighing = this.host()
      .run(diskUseCommand(spec), { timeoutMs: WEIGH_TIMEOUT_MS, signal })
      .then(({ stdout }) => {
        const parts = parseDiskUse(stdout)
        if (!parts || signal.aborted) return
        const checked_at = toAt(clock.now())
        this.#view = { ...this.#view, disk_use: { checked_at, parts } }
        this.#environment.changed(this.#view)
      })
      .catch((err: unknown) => {
        if (!signal.aborted) log.info({ host: this.#id, err }, 'disk use could not be weighed')
      })
  }

  #tellLowDisks({ low_disks: before = [] }: HostView, { low_disks = [], figures }: HostView) {
    for (const path of low_disks) {
      const disk = figures?.disks.find((each) => each.path === path)
      if (!disk || before.includes(path)) continue
      this.#environment.notify({
        subject: `host:${this.#id}`,
        code: 'DISK_LOW',
        message: `${this.#id} has ${(disk.free_bytes / 1e9).toFixed(1)} GB of room left at ${path}`,
        hint: 'delete models that are no longer needed; disk_low of the host is the limit',
      })
    }
  }

  #show(view: HostView) {
    const { log, changed } = this.#environment
    const before = this.#view
    this.#view = view
    const isSeen = view.state === 'ok'
    this.#pastHour.add(this.#environment.clock.now(), isSeen ? view.figures : null)
    if (isSeen) this.#weighNowAndThen(this.#spec)
    this.#tellLowDisks(before, view)
    const { state, error } = view
    if (before.state !== state || before.error?.code !== error?.code)
      log[state === 'ok' ? 'info' : 'warn'](
        { host: this.#id, state, was: before.state, code: error?.code },
        'host state changed',
      )
    changed(view)
  }
}

function notShown({ id, error, host_key }: HostView, fingerprint: string): ControlError {
  if (error && !host_key)
    return new ControlError(error.code, error.message, error.hint ? { hint: error.hint } : {})
  const now = host_key ? `, but ${host_key.offered}` : ''
  return new ControlError('HOST_KEY_CHANGED', `${id} does not show ${fingerprint} now${now}`, {
    hint: 'look at the host again and compare the fingerprints',
  })
}

/** What a connection depends on. */
function reach({ address, user, ssh, local }: HostSpec): string {
  return JSON.stringify([address, user, ssh.port, ssh.key, local])
}
