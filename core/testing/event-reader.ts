import { createParser } from 'eventsource-parser'

/** One event as it came over the wire. */
export interface SeenEvent<T> {
  id: string | undefined
  event: string | undefined
  /** Parsed; `[DONE]` as it is. */
  data: T
}

/** An open event stream whose events are kept. */
export interface EventReader<T> {
  readonly events: readonly SeenEvent<T>[]
  readonly isOpen: boolean
  /** The first event, past or future, that fits; rejects when the stream ends without one. */
  find(fits: (data: T) => boolean): Promise<T>
  close(): void
}

/** Opens an event stream. */
export async function readEvents<T>(url: string, init: RequestInit = {}): Promise<EventReader<T>> {
  const abort = new AbortController()
  const reply = await fetch(url, { ...init, signal: abort.signal })
  if (!reply.ok || !reply.body) throw new Error(`${url} answered ${reply.status}`)
  const events: SeenEvent<T>[] = []
  const watchers = new Set<() => void>()
  let isOpen = true
  const tell = (): void => {
    for (const watcher of [...watchers]) watcher()
  }
  const parser = createParser({
    onEvent({ id, event, data }) {
      events.push({ id, event, data: (data === '[DONE]' ? data : JSON.parse(data)) as T })
      tell()
    },
  })
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }))
    } catch {
      // closed by this side, or cut: either way it is over, which isOpen says
    } finally {
      isOpen = false
      tell()
    }
  }
  void read(reply.body)
  return {
    events,
    get isOpen() {
      return isOpen
    },
    find: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find(({ data }) => fits(data))
          if (!found && isOpen) return
          watchers.delete(look)
          if (found) resolve(found.data)
          else reject(new Error(`the stream of ${url} ended after ${events.length} events`))
        }
        watchers.add(look)
        look()
      }),
    close: () => abort.abort(),
  }
}
