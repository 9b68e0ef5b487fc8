import { ControlError } from '../errors.ts'

/** `short`: ends soon; `long`: a log that is long, a download that is waited for. */
export type SlotKind = 'short' | 'long'

// OpenSSH's MaxSessions is 10, and it frees a session some time after its command ended: 5 short
// commands at once lost none of 400, 6 lost 2, 8 lost 87 (measured). So a short command counts for
// two sessions, a long one, which hardly ever ends, for one.
const SESSIONS = 10
const MOST: Record<SlotKind, number> = { short: 4, long: 6 }
/** More callers than this are turned away. */
export const MOST_WAITING = 5_000

interface Waiter {
  kind: SlotKind
  /** Counts up: who came first. */
  ticket: number
  start(): void
}

/** Shares the channels of one connection: first come, first served, but long ones never block. */
export class Slots {
  readonly #hostId: string
  readonly #open: Record<SlotKind, number> = { short: 0, long: 0 }
  readonly #queues: Record<SlotKind, Waiter[]> = { short: [], long: [] }
  #tickets = 0

  constructor(hostId: string) {
    this.#hostId = hostId
  }

  /** Resolves with the function that gives the slot back; rejects with the signal's reason. */
  async take(kind: SlotKind, signal: AbortSignal | undefined): Promise<() => void> {
    const waiting = this.#queues.short.length + this.#queues.long.length
    if (waiting >= MOST_WAITING)
      throw new ControlError('OVERLOADED', `${waiting} commands wait for ${this.#hostId} already`, {
        hint: 'ask again in a moment',
        retryAfterS: 5,
      })
    const { promise, resolve, reject } = Promise.withResolvers<() => void>()
    const waiter: Waiter = {
      kind,
      ticket: this.#tickets++,
      start: () => {
        signal?.removeEventListener('abort', leave)
        resolve(this.#giveBack(kind))
      },
    }
    const leave = () => {
      this.#queues[kind] = this.#queues[kind].filter((other) => other !== waiter)
      reject(signal?.reason)
      this.#next()
    }
    if (signal?.aborted) return Promise.reject(signal?.reason)
    signal?.addEventListener('abort', leave, { once: true })
    this.#queues[kind].push(waiter)
    this.#next()
    return await promise
  }

  /** Commands that hold a channel now. */
  get inUse(): number {
    return this.#open.short + this.#open.long
  }

  #giveBack(kind: SlotKind): () => void {
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#open[kind] -= 1
      this.#next()
    }
  }

  #next() {
    for (let waiter = this.#first(); waiter; waiter = this.#first()) {
      const { kind } = waiter
      if (!this.#hasRoomFor(kind)) return
      this.#queues[kind].shift()
      this.#open[kind] += 1
      waiter.start()
    }
  }

  /** Who came first, apart from those who wait for their own kind to end. */
  #first(): Waiter | undefined {
    const [short, long] = (['short', 'long'] as const).map((kind) =>
      this.#open[kind] < MOST[kind] ? this.#queues[kind][0] : undefined,
    )
    return short && long ? (short.ticket < long.ticket ? short : long) : (short ?? long)
  }

  #hasRoomFor(kind: SlotKind): boolean {
    const { short, long } = this.#open
    return 2 * short + long + (kind === 'short' ? 2 : 1) <= SESSIONS
  }
}
