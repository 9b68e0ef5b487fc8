import type { Clock } from '../plugin.ts'

/** How long a server has been silent while its caller was ready to listen (request_timeout). */
export class Silence {
  readonly #clock: Clock
  readonly #over = new AbortController()
  #heardAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#heardAt = clock.now()
  }

  heard(): void {
    this.#heardAt = this.#clock.now()
  }

  stop(): void {
    this.#over.abort()
  }

  /** Resolves with true once it has lasted so long, with false when stopped before. */
  async lasts(timeoutMs: number, isClientsTurn: () => boolean): Promise<boolean> {
    for (let waitMs = timeoutMs; ; ) {
      try {
        await this.#clock.sleep(waitMs, this.#over.signal)
      } catch {
        return false
      }
      const silentMs = isClientsTurn() ? 0 : this.#clock.now() - this.#heardAt
      if (silentMs >= timeoutMs) return true
      waitMs = timeoutMs - silentMs
    }
  }
}
