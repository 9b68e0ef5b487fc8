import { asControlError, type ControlError, type Hold, type Kind, type Service } from '#core'
import type { Settings } from '../settings.ts'
import { type Acts, actPatiently, type Outcome } from './act-patiently.ts'
import { loadFailure, serviceLeaves, waitedTooLong } from './refusals.ts'
import { FAILED_FOR_MS, type Order, Scheduler, type World } from './scheduler.ts'
import type { Policy } from './settings.ts'
import { type Obstacle, ordinal, phaseOf, type Situation, situationOf } from './situation.ts'
import { readUsage, type Usage } from './usage.ts'
import { type DemandView, viewDemand } from './view.ts'

interface Waiter {
  model: string
  resolve(): void
  reject(error: ControlError): void
}

const POLL_MS = 1_000
const QUIET_POLL_MS = 5_000
/** After it something that holds the machines is asked again. */
const HELD_FOR_MS = 10_000

/** Loads models on one service as they are asked for: carries out what its scheduler orders. */
export class Keeper {
  readonly #service: Service<Settings>
  readonly #kind: Kind<Settings>
  readonly #acts: Acts
  readonly #policy: Policy
  readonly #scheduler: Scheduler<ControlError>
  readonly #waiters = new Map<number, Waiter>()
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  #lastId = 0
  #wake = (): void => {}
  /** The load that was last seen under way. */
  #watched: { id: string; model: string } | null = null
  #usage: Usage | null = null
  #running: number | null = 0
  #heldBy: string | null = null
  #shown = '[]'

  constructor(service: Service<Settings>, kind: Kind<Settings>, policy: Policy, acts: Acts) {
    this.#service = service
    this.#kind = kind
    this.#policy = policy
    this.#acts = acts
    this.#scheduler = new Scheduler(policy, kind.clock.now())
    this.#signal = AbortSignal.any([service.signal, kind.signal, this.#over.signal])
    void this.#run()
  }

  /** Takes a request in. Throws what its model could not be loaded for a moment ago. */
  hold(model: string): Hold {
    if (this.#signal.aborted) throw serviceLeaves(this.#service.id)
    const id = ++this.#lastId
    const failure = this.#scheduler.ask(id, model, this.#kind.clock.now())
    if (failure) throw failure
    const ready = new Promise<void>((resolve, reject) => {
      this.#waiters.set(id, { model, resolve, reject })
    })
    ready.catch(() => {
      // whoever has left meanwhile does not hear it
    })
    this.#wake()
    return {
      ready,
      describe: () => this.#describe(model),
      leave: () => {
        this.#waiters.delete(id)
        this.#scheduler.leave(id)
      },
    }
  }

  /** Loads a model nobody asks for, if nothing else is loaded. */
  wish(model: string): void {
    this.#scheduler.wish(model)
    this.#wake()
  }

  /** The model that who asks for "whatever is loaded" gets next; null if there is none. */
  get coming(): string | null {
    const { loading, loaded } = situationOf(this.#service)
    const [next] = this.#scheduler.groups(loading)
    return loading ?? next?.model ?? loaded ?? this.#policy.defaultModel
  }

  get waiting(): number {
    return this.#waiters.size
  }

  view(): DemandView {
    const now = situationOf(this.#service)
    const groups = this.#scheduler.groups(now.loading)
    return viewDemand(this.#policy, groups, (model) => this.#phase(model, now))
  }

  stop(): void {
    this.#over.abort()
  }

  async #run(): Promise<void> {
    const { log, clock } = this.#kind
    while (!this.#signal.aborted) {
      try {
        for (const order of this.#scheduler.next(await this.#look(), clock.now())) {
          await this.#carryOut(order)
        }
      } catch (err) {
        if (!this.#signal.aborted) log.error({ err, service: this.#service.id }, 'demand failed')
      }
      this.#show()
      await this.#pause()
    }
    // nothing may wait for a keeper that is gone, nor be held back by it
    if (this.#scheduler.isHoldingBack) this.#service.http().resume()
    this.#settle([...this.#waiters.keys()], ({ reject }) => reject(serviceLeaves(this.#service.id)))
  }

  async #pause(): Promise<void> {
    if (this.#signal.aborted) return
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    const isQuiet = this.#scheduler.isIdle && !situationOf(this.#service).job
    await this.#kind.clock
      .sleep(isQuiet ? QUIET_POLL_MS : POLL_MS, AbortSignal.any([woken.signal, this.#signal]))
      .catch(() => {
        // woken, or over; the loop asks which
      })
  }

  async #look(): Promise<World> {
    const { job, loading, loaded } = situationOf(this.#service)
    this.#noteFailure(job?.id)
    if (job && loading !== null) this.#watched = { id: job.id, model: loading }
    const mayGo = this.#scheduler.isContested(loaded) || this.#policy.idleUnloadMs !== null
    const isUsed = loaded === null || job || !mayGo ? true : await this.#readUsage()
    return { loaded, running: this.#running, isUsed, job: job ? { model: loading } : null }
  }

  /** Whether it was used since the last look; also learns how many requests are being answered. */
  async #readUsage(): Promise<boolean> {
    const before = this.#usage
    const upstream = this.#service.http()
    const usage = await readUsage(upstream, this.#signal)
    this.#usage = usage
    this.#running = usage && Math.max(usage.running, upstream.inFlight)
    return usage === null || before === null || usage.answered !== before.answered
  }

  /** Whoever waits for a model whose load has just failed is told, whoever began it. */
  #noteFailure(activeId: string | undefined): void {
    const watched = this.#watched
    if (!watched || watched.id === activeId) return
    this.#watched = null
    const ended = this.#service.jobs.get(watched.id)
    if (!ended || ended.state === 'succeeded') return
    this.#scheduler.failed(watched.model, loadFailure(ended), this.#kind.clock.now())
  }

  async #carryOut(order: Order<ControlError>): Promise<void> {
    switch (order.to) {
      case 'grant':
        return this.#settle(order.ids, ({ resolve }) => resolve())
      case 'refuse':
        return this.#settle(order.ids, ({ reject }) => reject(order.failure))
      case 'give up':
        return this.#settle(order.ids, ({ model, reject }) => reject(this.#tooLong(model)))
      case 'hold back':
        await this.#service.http().drain(0, this.#signal)
        return
      case 'let through':
        return this.#service.http().resume()
      case 'load':
        return this.#load(order.model)
      case 'unload':
        return this.#unload()
    }
  }

  #settle(ids: readonly number[], how: (waiter: Waiter) => void): void {
    for (const id of ids) {
      const waiter = this.#waiters.get(id)
      this.#waiters.delete(id)
      if (waiter) how(waiter)
    }
  }

  async #load(model: string): Promise<void> {
    const body = { model, service: this.#service.id }
    try {
      const outcome = await actPatiently(this.#kind, this.#acts.swap, body, this.#signal)
      this.#note(outcome)
      // it answers already; the next probe sees under which names
      if (outcome.is === 'unchanged') this.#service.probeSoon()
    } catch (thrown) {
      this.#scheduler.failed(model, asControlError(thrown), this.#kind.clock.now())
    }
  }

  async #unload(): Promise<void> {
    const body = { service: this.#service.id }
    try {
      this.#note(await actPatiently(this.#kind, this.#acts.unload, body, this.#signal))
    } catch (err) {
      this.#kind.log.warn({ err, service: this.#service.id }, 'idle model could not be unloaded')
      this.#scheduler.postpone(this.#kind.clock.now() + FAILED_FOR_MS)
    }
  }

  #note(outcome: Outcome): void {
    this.#heldBy = outcome.is === 'held' ? outcome.by : null
    if (outcome.is === 'held') this.#scheduler.postpone(this.#kind.clock.now() + HELD_FOR_MS)
  }

  #tooLong(model: string): ControlError {
    const now = situationOf(this.#service)
    const waitedMs = this.#policy.maxWaitMs
    return waitedTooLong(this.#service, { model, now, waitedMs, phase: this.#phase(model, now) })
  }

  #describe(model: string): string {
    const now = situationOf(this.#service)
    const groups = this.#scheduler.groups(now.loading)
    const position = groups.findIndex((group) => group.model === model) + 1
    return `${ordinal(Math.max(1, position))} in line; ${this.#phase(model, now)}`
  }

  #phase(model: string, now: Situation): string {
    const obstacle: Obstacle = {
      running: this.#running,
      staysMs: now.loaded === null ? 0 : this.#scheduler.staysUntilMs - this.#kind.clock.now(),
      heldBy: this.#heldBy,
    }
    return phaseOf(model, now, obstacle)
  }

  /** Tells pages when the line has changed, at most once a round. */
  #show(): void {
    const shown = JSON.stringify(this.view().waiting)
    if (shown === this.#shown) return
    this.#shown = shown
    this.#service.changed('demand')
  }
}
