import { createParser, type EventSourceMessage } from 'eventsource-parser'
import type { ServiceView } from '../../views.ts'
import type { EventView } from '../event-view.ts'
import type { Events } from '../events.ts'

/** The cluster as far as these tests need it: some services, and the lines of one job. */
export interface World {
  services: Map<string, string>
  lines: string[]
}

export const emptyWorld = (): World => ({ services: new Map(), lines: [] })

export const service = (id: string, reason: string) => ({ id, reason }) as unknown as ServiceView

export const snapshotOf = ({ services }: World) =>
  ({
    type: 'snapshot',
    services: [...services].map(([id, reason]) => service(id, reason)),
    jobs: [],
    hosts: [],
  }) as unknown as EventView & { type: 'snapshot' }

/** A page: applies what arrives, and remembers the last id for when it comes back. */
export class Page {
  services = new Map<string, string>()
  lines: string[] = []
  snapshots = 0
  events: EventSourceMessage[] = []
  lastEventId: string | undefined
  #world: World
  #parser = createParser({ onEvent: (event) => this.#apply(event) })

  constructor(world: World) {
    this.#world = world
  }

  take(text: string) {
    this.#parser.feed(text)
  }

  reset() {
    this.#parser.reset()
  }

  #apply(message: EventSourceMessage) {
    this.events.push(message)
    if (message.id !== undefined) this.lastEventId = message.id
    const event = JSON.parse(message.data) as EventView
    if (event.type === 'snapshot') {
      this.snapshots++
      this.services = new Map(event.services.map(({ id, reason }) => [id, reason ?? '']))
      // A page that gets a snapshot fetches the log it shows anew.
      this.lines = [...this.#world.lines]
    }
    if (event.type === 'service') this.services.set(event.service.id, event.service.reason ?? '')
    if (event.type === 'service-removed') this.services.delete(event.id)
    if (event.type === 'line') this.lines[event.n] = event.text
  }
}

/** A page on a network that takes a few messages and delivers them when told. */
export class Visitor {
  page: Page
  #underWay: string[] = []
  #connection: { onDrain(): void; close(): void } | undefined
  isCut = false

  constructor(world: World) {
    this.page = new Page(world)
  }

  connect(events: Events, lines: 'all' | ReadonlySet<string> = 'all') {
    this.page.reset()
    this.isCut = false
    const outlet = {
      write: (text: string) => this.#underWay.push(text) < 3,
      bufferedBytes: () => this.#underWay.join('').length,
      cut: () => {
        this.isCut = true
        this.leave()
      },
    }
    this.#connection = events.connect(outlet, this.page.lastEventId, lines)
    if (this.isCut) this.leave()
  }

  /** The network delivers everything. */
  deliver() {
    while (this.#underWay.length > 0) {
      for (const text of this.#underWay.splice(0)) this.page.take(text)
      this.#connection?.onDrain()
    }
  }

  /** The connection breaks; what was under way is lost. */
  leave() {
    this.#underWay = []
    this.#connection?.close()
    this.#connection = undefined
  }

  get isConnected() {
    return this.#connection !== undefined
  }
}
