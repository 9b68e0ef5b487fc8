import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import { type Client, createClient, type LineWish, type Outlet } from './client.ts'
import type { EventView } from './event-view.ts'
import { createRing, type SentEvent, subjectOf } from './ring.ts'
import { formatEvent, openEventStream } from './sse.ts'

export interface EventsDeps {
  /** The whole state as it is now; synchronous, so that no event falls between it and the rest. */
  snapshot(): EventView & { type: 'snapshot' }
  clock: Clock
  /** Bytes gathered for a client that does not read; over it the client is cut. Default 1 MiB. */
  mostBytes?: number
  /** Events kept for clients that come back; default 2,000. */
  keep?: number
  mostClients?: number
}

export interface ServeOptions {
  /** Whose lines come along; default: what `?jobs=<id>,<id>` or `?lines=all` asks for, else none. */
  lines?: LineWish
  headers?: Record<string, string>
}

/** The one stream of everything that changes. */
export interface Events {
  publish(event: EventView): void
  /** Calls back for every event, in this process and at once; it must not throw. Returns how to leave. */
  listen(listener: (event: EventView) => void): () => void
  /** Answers GET /api/events: what was missed since Last-Event-ID, else a snapshot, then all. */
  serve(req: IncomingMessage, res: ServerResponse, options?: ServeOptions): void
  /** What `serve` stands on: a reader of any sort. Throws OVERLOADED. */
  connect(outlet: Outlet, lastEventId: string | undefined, lines?: LineWish): Connection
  readonly clients: number
  close(): void
}

export interface Connection {
  onDrain(): void
  close(): void
}

const BEAT_MS = 15_000
const MOST_RING_CHARS = 4 * 1024 ** 2
const MOST_JOBS = 50

export function createEvents(deps: EventsDeps): Events {
  const { mostBytes = 1024 ** 2, keep = 2000, mostClients = 256 } = deps
  // A new one for each start of the controller: ids of another life mean nothing here.
  const epoch = randomBytes(6).toString('hex')
  const ring = createRing(keep, MOST_RING_CHARS)
  const clients = new Set<Client>()
  const listeners = new Set<(event: EventView) => void>()
  const over = new AbortController()
  let seq = 0
  const idOf = (n: number) => `${epoch}-${n}`

  const admit = () => {
    if (clients.size >= mostClients)
      throw new ControlError('OVERLOADED', `${clients.size} event streams are open`, {
        retryAfterS: 30,
        hint: 'close some tabs or programs that listen to /api/events',
      })
  }

  const connect: Events['connect'] = (outlet, lastEventId, lines = new Set()) => {
    admit()
    const client = createClient(outlet, lines, mostBytes)
    const missed = ring.after(parseId(lastEventId, epoch, seq))
    // A client that missed much is better off with the state than with its whole history.
    if (missed && sizeOf(missed) < mostBytes / 2) for (const event of missed) client.send(event)
    else client.open(formatEvent('snapshot', deps.snapshot(), idOf(seq)))
    clients.add(client)
    return { onDrain: client.onDrain, close: () => void clients.delete(client) }
  }

  void beat(deps.clock, clients, over.signal)
  return {
    connect,
    get clients() {
      return clients.size
    },
    publish(event) {
      seq++
      const sent: SentEvent = {
        seq,
        subject: subjectOf(event, seq),
        lineOf: event.type === 'line' ? event.job : null,
        text: formatEvent(event.type, event, idOf(seq)),
      }
      ring.push(sent)
      for (const client of clients) client.send(sent)
      for (const listener of [...listeners]) listener(event)
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    serve(req, res, { lines = parseLineWish(req.url ?? ''), headers } = {}) {
      admit()
      openEventStream(req, res, headers)
      if (req.method === 'HEAD') return void res.end()
      res.write('retry: 1000\n\n')
      const outlet: Outlet = {
        write: (text) => res.destroyed || res.write(text),
        bufferedBytes: () => res.writableLength,
        cut: () => res.destroy(),
      }
      const lastEventId = req.headers['last-event-id']
      const connection = connect(outlet, lastEventId?.toString(), lines)
      res.on('drain', connection.onDrain)
      res.on('close', connection.close)
    },
    close() {
      over.abort()
      for (const client of clients) client.cut()
      clients.clear()
    },
  }
}

/** The wish in a URL: `?lines=all` or `?jobs=id,id`. */
export function parseLineWish(url: string): LineWish {
  const query = new URLSearchParams(url.split('?')[1])
  if (query.get('lines') === 'all') return 'all'
  return new Set(query.get('jobs')?.split(',').filter(Boolean).slice(0, MOST_JOBS))
}

const sizeOf = (events: SentEvent[]): number =>
  events.reduce((chars, { text }) => chars + text.length, 0)

/** The sequence number behind an id of this life; -1 for any other. */
function parseId(id: string | undefined, epoch: string, newest: number): number {
  const match = id?.match(/^([0-9a-f]+)-(\d{1,15})$/)
  const seq = match?.[1] === epoch ? Number(match[2]) : -1
  return seq <= newest ? seq : -1
}

async function beat(clock: Clock, clients: Set<Client>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(BEAT_MS, signal).catch(() => {
      // Only the end of the stream aborts it.
    })
    if (!signal.aborted) for (const client of clients) client.beat()
  }
}
