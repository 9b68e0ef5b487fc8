import type { EventView } from '../core/events/event-view.ts'
import { noteStatus } from './signed-out.ts'
import { readEvents } from './sse.ts'

export interface StreamParts {
  fetch: typeof fetch
  /** Milliseconds since 1970. */
  now(): number
  /** Ends after `ms`, or sooner when trying again makes sense (the network is back). */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

/** Who is told what the stream brings. */
export interface StreamReader {
  lastId(): string | undefined
  event(event: EventView, id: string | undefined): void
  /** Bytes came; `skewMs` is the controller's clock minus ours. */
  heard(skewMs: number): void
  lost(): void
}

// The controller sends a comment every 15 s.
const SILENCE_MS = 40_000
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000

/** Reads GET /api/events until the signal, coming back with Last-Event-ID whenever it breaks off. */
export async function streamEvents(
  parts: StreamParts,
  reader: StreamReader,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const silence = watchSilence(signal)
    try {
      const lastId = reader.lastId()
      const response = await parts.fetch('/api/events?lines=all', {
        headers: lastId === undefined ? {} : { 'last-event-id': lastId },
        signal: silence.signal,
      })
      noteStatus(response.status)
      if (!response.ok || !response.body) throw new Error(`answered ${response.status}`)
      const skewMs = skewOf(response, parts.now())
      const heard = () => {
        failures = 0
        silence.restart()
        reader.heard(skewMs)
      }
      for await (const { id, data } of readEvents(response.body, heard))
        reader.event(JSON.parse(data) as EventView, id)
    } catch {
      // Whatever broke it, the page says so and tries again.
    }
    silence.end()
    if (signal.aborted) return
    reader.lost()
    await parts.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 5)), signal)
    failures++
  }
}

/** A signal that also ends when nothing was heard for too long: a dead line reports nothing. */
function watchSilence(signal: AbortSignal) {
  const quiet = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const restart = () => {
    clearTimeout(timer)
    timer = setTimeout(() => quiet.abort(new Error('nothing heard')), SILENCE_MS)
  }
  restart()
  return {
    signal: AbortSignal.any([signal, quiet.signal]),
    restart,
    end: () => clearTimeout(timer),
  }
}

function skewOf(response: Response, now: number): number {
  const skewMs = Date.parse(response.headers.get('date') ?? '') - now
  // The header has whole seconds: what is smaller is no skew.
  return Math.abs(skewMs) > 2000 ? skewMs : 0
}
