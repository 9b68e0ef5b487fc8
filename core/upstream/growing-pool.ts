import { Client, Dispatcher, Pool } from 'undici'

/**
 * One connection while one request at a time comes, as probes ask; a pool from the first request on
 * that comes beside another. A pool keeps a queue of 16 kB, and a controller may watch a thousand servers.
 */
export class GrowingPool extends Dispatcher {
  readonly #origin: string
  readonly #options: Pool.Options
  #client: Client | undefined
  #pool: Pool | undefined

  constructor(origin: string, options: Pool.Options) {
    super()
    this.#origin = origin
    this.#options = options
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    return this.#next().dispatch(options, handler)
  }

  override async close(): Promise<void> {
    await Promise.all([this.#client?.close(), this.#pool?.close()])
  }

  override async destroy(): Promise<void> {
    await Promise.all([this.#client?.destroy(), this.#pool?.destroy()])
  }

  #next(): Dispatcher {
    if (this.#pool) return this.#pool
    const { connections: _, ...options } = this.#options
    this.#client ??= new Client(this.#origin, options as Client.Options)
    if (this.#client.stats.size === 0) return this.#client
    this.#pool = new Pool(this.#origin, this.#options)
    return this.#pool
  }
}
