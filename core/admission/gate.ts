import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import { createTurns, type Turns } from './turns.ts'
import type { AdmissionView } from './view.ts'

/** How many requests a service takes, as the topology or its kind says. */
export interface Limits {
  /** Requests it is sent at the same time. */
  concurrency: number
  /** Requests that wait for one of those places. */
  queue: number
  /** The longest wait in ms. */
  maxWaitMs: number
}

/** What is told to somebody who asked to be let in; exactly one of the two, once. */
export interface Answer {
  admit(): void
  refuse(error: ControlError): void
}

/** Somebody who asked: waiting, in, or out again. */
export interface Place {
  /** Gives the place up, whether still waiting or done. */
  leave(): void
}

interface Waiter extends Answer {
  client: string
  sizeBytes: number
  sinceMs: number
  over: AbortController
}

/**
 * Lets so many in at a time; the others wait in line, each client in turn. Nothing of a request is
 * read while it waits.
 */
export class Gate {
  readonly #limits: Limits
  readonly #clock: Clock
  readonly #turns: Turns<Waiter> = createTurns(({ sizeBytes }) => sizeBytes)
  readonly #counts = { admitted: 0, refused: 0, expired: 0, left: 0, waitedMs: 0 }
  #inFlight = 0
  /** How long one takes, in ms, the last ones counting most. */
  #usualMs: number | null = null

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
  }

  /** Whether somebody who asks now would have to be refused or another for them. */
  get isFull(): boolean {
    return this.#inFlight >= this.#limits.concurrency && this.#turns.size >= this.#limits.queue
  }

  /** Whether `enter` would refuse a client now, instead of letting it in or wait. */
  wouldRefuse(client: string): boolean {
    return this.isFull && !this.#turns.hasLonger(client)
  }

  /**
   * Answers at once if there is room, or none to wait; else when its turn comes. `sizeBytes` is what
   * its body takes of memory meanwhile.
   */
  enter(client: string, answer: Answer, sizeBytes = 0): Place {
    if (this.#inFlight < this.#limits.concurrency) return this.#admit(answer, 0)
    const isHeavy = sizeBytes > 0 && this.#turns.weight + sizeBytes > MOST_BYTES
    if (isHeavy || (this.#turns.size >= this.#limits.queue && !this.#makeRoomFor(client))) {
      this.#counts.refused += 1
      answer.refuse(this.#full())
      return OUT
    }
    const sinceMs = this.#clock.now()
    const waiter = { ...answer, client, sizeBytes, sinceMs, over: new AbortController() }
    this.#turns.add(client, waiter)
    void this.#expire(waiter)
    return this.#placeOf(waiter)
  }

  /** Refuses everybody who waits. */
  refuseAll(error: ControlError): void {
    for (let next = this.#turns.next(); next; next = this.#turns.next()) {
      next.over.abort()
      next.refuse(error)
    }
  }

  figures(): AdmissionView {
    const { admitted, refused, expired, left, waitedMs } = this.#counts
    return {
      concurrency: this.#limits.concurrency,
      queue: this.#limits.queue,
      waiting: this.#turns.size,
      admitted_total: admitted,
      refused_total: refused,
      expired_total: expired,
      left_total: left,
      waited_seconds_total: waitedMs / 1000,
    }
  }

  #admit(answer: Answer, waitedMs: number): Place {
    this.#inFlight += 1
    this.#counts.admitted += 1
    this.#counts.waitedMs += waitedMs
    const sinceMs = this.#clock.now()
    let isIn = true
    answer.admit()
    return {
      leave: () => {
        if (!isIn) return
        isIn = false
        this.#inFlight -= 1
        const tookMs = this.#clock.now() - sinceMs
        this.#usualMs = this.#usualMs === null ? tookMs : this.#usualMs * 0.8 + tookMs * 0.2
        this.#callNext()
      },
    }
  }

  #callNext(): void {
    const next = this.#inFlight < this.#limits.concurrency ? this.#turns.next() : undefined
    if (!next) return
    next.over.abort()
    next.admit()
  }

  /** The place of one who waits first and may be let in later. */
  #placeOf(waiter: Waiter): Place {
    let place: Place | undefined
    const { admit } = waiter
    waiter.admit = () => {
      place = this.#admit({ ...waiter, admit }, this.#clock.now() - waiter.sinceMs)
    }
    return {
      leave: () => {
        if (place) return place.leave()
        if (!this.#turns.remove(waiter.client, waiter)) return
        this.#counts.left += 1
        waiter.over.abort()
      },
    }
  }

  /** The client with the longest line gives way to one whose line would still be shorter. */
  #makeRoomFor(client: string): boolean {
    const last = this.#turns.takeLastOfLonger(client)
    if (!last) return false
    last.over.abort()
    this.#counts.refused += 1
    last.refuse(this.#full())
    return true
  }

  async #expire(waiter: Waiter): Promise<void> {
    const { maxWaitMs } = this.#limits
    try {
      await this.#clock.sleep(maxWaitMs, waiter.over.signal)
    } catch {
      return // let in, refused, or gone
    }
    const position = this.#turns.positionOf(waiter.client, waiter)
    if (!this.#turns.remove(waiter.client, waiter)) return
    this.#counts.expired += 1
    waiter.refuse(
      new ControlError(
        'WAITED_TOO_LONG',
        `It waited for ${maxWaitMs / 1000} s, as number ${position}.`,
        {
          hint: 'max_wait of the service in topology.yaml is the limit.',
          ...this.#standing(position),
        },
      ),
    )
  }

  #full(): ControlError {
    const { concurrency, queue } = this.#limits
    const position = this.#turns.size + 1
    const waits = queue === 0 ? 'and none may wait' : `and ${queue} wait`
    return new ControlError(
      'QUEUE_FULL',
      `${concurrency} ${concurrency === 1 ? 'request is' : 'requests are'} being answered ${waits}; this would be number ${position}.`,
      { hint: 'Ask again later, or from fewer places at once.', ...this.#standing(position) },
    )
  }

  #standing(position: number) {
    const { concurrency } = this.#limits
    const seconds = ((this.#usualMs ?? UNKNOWN_MS) / 1000) * (position / concurrency)
    return {
      retryAfterS: Math.min(60, Math.max(1, Math.ceil(seconds))),
      holder: { position, waiting: this.#turns.size, in_flight: this.#inFlight },
    }
  }
}

/** The most that bodies read already (to find their model) take while they wait. */
const MOST_BYTES = 64 * 1024 ** 2
const UNKNOWN_MS = 2_000
const OUT: Place = { leave() {} }
