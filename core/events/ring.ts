import type { EventView } from './event-view.ts'

/** An event as it is kept and sent: made into text once for all clients. */
export interface SentEvent {
  seq: number
  /** Events of one subject replace each other: each carries the whole value. */
  subject: string
  /** The job of a `line` event, which only its subscribers get. */
  lineOf: string | null
  text: string
}

/** The last events, for clients that come back. */
export interface Ring {
  push(event: SentEvent): void
  /** Everything after `seq`; undefined if some of it is gone. */
  after(seq: number): SentEvent[] | undefined
  /** How many are in memory: kept ones, and some that are about to be let go of. */
  readonly heldEvents: number
}

/** Keeps at most `mostEvents` events and `mostChars` characters. */
export function createRing(mostEvents: number, mostChars: number): Ring {
  let events: SentEvent[] = []
  let first = 0
  let chars = 0
  let droppedSeq = 0
  return {
    push(event) {
      events.push(event)
      chars += event.text.length
      while (events.length - first > mostEvents || chars > mostChars) {
        const oldest = events[first]
        if (!oldest) break
        chars -= oldest.text.length
        droppedSeq = oldest.seq
        first++
      }
      // what is gone is let go of, too, before it is as much as what is kept
      if (first > events.length / 2) {
        events = events.slice(first)
        first = 0
      }
    },
    get heldEvents() {
      return events.length
    },
    after(seq) {
      if (seq < droppedSeq) return undefined
      const start = firstAfter(events, first, seq)
      return events.slice(start)
    },
  }
}

/** Index of the first event later than `seq`; they lie in order. */
function firstAfter(events: readonly SentEvent[], from: number, seq: number): number {
  let low = from
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((events[middle]?.seq ?? 0) <= seq) low = middle + 1
    else high = middle
  }
  return low
}

/** What an event is about; a `line` is about itself. */
export function subjectOf(event: EventView, seq: number): string {
  switch (event.type) {
    case 'host':
      return `host ${event.host.id}`
    case 'host-removed':
      return `host ${event.id}`
    case 'service':
      return `service ${event.service.id}`
    case 'service-removed':
      return `service ${event.id}`
    case 'job':
      return `job ${event.job.id}`
    case 'lease':
      return `lease ${event.lease.fence}`
    case 'container-changed':
      return `container ${event.change.host} ${event.change.container}`
    case 'changed':
      return `changed ${event.topic} ${event.service}`
    case 'line':
    case 'notice':
      return `${event.type} ${seq}`
    default:
      return event.type
  }
}
