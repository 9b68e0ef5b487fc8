import { type Group, Line } from './line.ts'
import type { Policy } from './settings.ts'

/** One service as it stands. */
export interface World {
  /** The model that answers now; null: none. */
  loaded: string | null
  /** Requests being answered, whoever asked; null: that could not be read. */
  running: number | null
  /** Whether requests have ended since the last look, or whether that could not be read. */
  isUsed: boolean
  /** The load (or unload: null) that is under way on the service. */
  job: { model: string | null } | null
}

export type Order<E> =
  /** These requests go on: their model answers. */
  | { to: 'grant'; ids: number[] }
  /** These requests have waited too long. */
  | { to: 'give up'; ids: number[] }
  /** The model of these requests cannot be loaded. */
  | { to: 'refuse'; ids: number[]; failure: E }
  /** New requests for the loaded model wait, so that those running come to an end. */
  | { to: 'hold back' }
  | { to: 'let through' }
  | { to: 'load'; model: string }
  | { to: 'unload' }

/** Loads that failed are not tried again for so long: each would take a working model's place. */
export const FAILED_FOR_MS = 120_000

/**
 * Decides which model a service has when. The model whose oldest request has waited longest comes
 * next; a loaded model stays for `minLoadedMs`, and while others wait after that, new requests for
 * it wait too, so that nothing is cut and nobody starves. All requests of a model are served by one
 * load. A state machine: time and world are given to it, orders come out.
 */
export class Scheduler<E> {
  readonly #policy: Policy
  readonly #line = new Line()
  readonly #failures = new Map<string, { failure: E; untilMs: number }>()
  #loaded: { model: string; sinceMs: number } | null = null
  #usedMs: number
  #isHeldBack = false
  #postponedUntilMs = 0
  #wish: string | null = null

  constructor(policy: Policy, nowMs: number) {
    this.#policy = policy
    this.#usedMs = nowMs
  }

  /** Takes a request in; a failure of its model that still counts is answered instead. */
  ask(id: number, model: string, nowMs: number): E | undefined {
    const failed = this.#failures.get(model)
    if (failed && nowMs < failed.untilMs) return failed.failure
    this.#line.add(id, model, nowMs)
    return undefined
  }

  leave(id: number): void {
    this.#line.remove(id)
  }

  /** A load came to nothing. */
  failed(model: string, failure: E, nowMs: number): void {
    this.#failures.set(model, { failure, untilMs: nowMs + FAILED_FOR_MS })
    if (this.#wish === model) this.#wish = null
  }

  /** Nothing is begun before `untilMs`: something else holds the machines. */
  postpone(untilMs: number): void {
    this.#postponedUntilMs = untilMs
  }

  /** A model to load although nobody asks for it, if nothing is loaded. */
  wish(model: string): void {
    this.#wish = model
  }

  /** What is to be done now. `postpone` and `failed` say what became of a load or unload. */
  next(world: World, nowMs: number): Order<E>[] {
    this.#note(world, nowMs)
    return [...this.#giveUp(nowMs), ...this.#refuse(nowMs), ...this.#decide(world, nowMs)]
  }

  /** The models waited for in the order they come; the one being loaded is the first. */
  groups(loading: string | null): Group[] {
    const groups = this.#line.groups()
    const first = groups.filter(({ model }) => model === loading)
    const rest = groups.filter(({ model }) => model !== loading)
    const loaded = rest.filter(({ model }) => model === this.#loaded?.model)
    return [...first, ...rest.filter((group) => !loaded.includes(group)), ...loaded]
  }

  /** Whether there is anything it has to watch closely. */
  get isIdle(): boolean {
    return this.#line.groups().length === 0 && !this.#isHeldBack && this.#wish === null
  }

  /** Whether new requests for the loaded model wait. */
  get isHoldingBack(): boolean {
    return this.#isHeldBack
  }

  /** Whether somebody waits for another model than this. */
  isContested(loaded: string | null): boolean {
    return this.#line.groups().some(({ model }) => model !== loaded)
  }

  /** Until when the loaded model is sure to stay, in ms since 1970. */
  get staysUntilMs(): number {
    return this.#loaded ? this.#loaded.sinceMs + this.#policy.minLoadedMs : 0
  }

  #note({ loaded, running, isUsed }: World, nowMs: number): void {
    if (loaded !== (this.#loaded?.model ?? null)) {
      this.#loaded = loaded === null ? null : { model: loaded, sinceMs: nowMs }
      this.#usedMs = nowMs
    }
    if (loaded !== null) {
      this.#failures.delete(loaded)
      this.#wish = null
    }
    if (running !== 0 || isUsed) this.#usedMs = nowMs
  }

  #giveUp(nowMs: number): Order<E>[] {
    const ids = this.#line.takeOlder(nowMs - this.#policy.maxWaitMs)
    return ids.length > 0 ? [{ to: 'give up', ids }] : []
  }

  #refuse(nowMs: number): Order<E>[] {
    return [...this.#failures].flatMap(([model, { failure, untilMs }]): Order<E>[] => {
      if (nowMs >= untilMs) this.#failures.delete(model)
      const ids = nowMs < untilMs ? this.#line.take(model) : []
      return ids.length > 0 ? [{ to: 'refuse', ids, failure }] : []
    })
  }

  #decide(world: World, nowMs: number): Order<E>[] {
    const { loaded, running, job } = world
    // A load that is already answering lets its requests go while it is still being checked.
    if (job && (job.model === null || job.model !== loaded)) return []
    const isFree = !job && nowMs >= this.#postponedUntilMs && nowMs >= this.staysUntilMs
    const change = isFree ? this.#change(loaded, nowMs) : undefined
    if (!change) return [...this.#letThrough(), ...this.#grant(loaded, nowMs)]
    if (loaded === null) return [change]
    return [...this.#holdBack(), ...(running === 0 ? [change] : [])]
  }

  /** What should be loaded in place of what is; undefined: it may stay. */
  #change(loaded: string | null, nowMs: number): Order<E> | undefined {
    const oldest = this.#line.groups().find(({ model }) => model !== loaded)
    if (oldest) return { to: 'load', model: oldest.model }
    if (loaded === null) {
      return this.#wish === null ? undefined : { to: 'load', model: this.#wish }
    }
    const { idleUnloadMs, defaultModel } = this.#policy
    if (idleUnloadMs === null || this.#line.has(loaded)) return undefined
    if (nowMs - this.#usedMs < idleUnloadMs) return undefined
    if (defaultModel === null) return { to: 'unload' }
    if (defaultModel === loaded || this.#failures.has(defaultModel)) return undefined
    return { to: 'load', model: defaultModel }
  }

  #grant(loaded: string | null, nowMs: number): Order<E>[] {
    if (loaded === null || !this.#line.has(loaded)) return []
    this.#usedMs = nowMs
    return [{ to: 'grant', ids: this.#line.take(loaded) }]
  }

  #holdBack(): Order<E>[] {
    if (this.#isHeldBack) return []
    this.#isHeldBack = true
    return [{ to: 'hold back' }]
  }

  #letThrough(): Order<E>[] {
    if (!this.#isHeldBack) return []
    this.#isHeldBack = false
    return [{ to: 'let through' }]
  }
}
