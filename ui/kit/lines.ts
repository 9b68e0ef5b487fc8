import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { asCallError, open } from '../client.ts'
import { onLine } from '../live.ts'
import { readEvents } from '../sse.ts'
import type { LogLine } from './Log.tsx'

const MOST_LINES = 2000
const BATCH_MS = 80
// How long a log that is still being written must be quiet before its own connection is closed.
const QUIET_MS = 700
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')

export interface Lines {
  lines: Accessor<readonly LogLine[]>
  /** Whether earlier lines were let go. */
  isDropped: Accessor<boolean>
  /** Why no more lines come, if something broke. */
  error: Accessor<string | undefined>
}

/**
 * The lines of a job: what has been kept is read at once, the rest comes on the event stream; a gap
 * is filled by reading again.
 */
export function createJobLines(id: Accessor<string>, isEnded: Accessor<boolean>): Lines {
  const shown = createBuffer()
  const [error, setError] = createSignal<string>()
  let next = 0
  let reading: AbortController | undefined
  const take = (line: LogLine) => {
    if (line.n < next) return
    next = line.n + 1
    shown.add(line)
  }
  const read = async () => {
    if (reading) return
    const turn = new AbortController()
    reading = turn
    try {
      const headers = next > 0 ? { 'last-event-id': String(next - 1) } : {}
      const path = `GET /api/jobs/${encodeURIComponent(id())}/log`
      const response = await open(path, { headers, signal: turn.signal })
      let quiet: ReturnType<typeof setTimeout> | undefined
      const wait = () => {
        clearTimeout(quiet)
        quiet = setTimeout(() => turn.abort(), QUIET_MS)
      }
      if (!isEnded()) wait()
      for await (const { event, data } of readEvents(response.body ?? new ReadableStream())) {
        if (event === 'line') take(JSON.parse(data) as LogLine)
        if (!isEnded()) wait()
      }
      setError(undefined)
    } catch (thrown) {
      if (!turn.signal.aborted) setError(asCallError(thrown).message)
    }
    if (reading === turn) reading = undefined
  }
  createEffect(
    on(id, () => {
      next = 0
      shown.clear()
      void read()
      onCleanup(() => {
        reading?.abort()
        reading = undefined
      })
    }),
  )
  // The last lines may have come between two readings.
  createEffect(on(isEnded, () => void read(), { defer: true }))
  onCleanup(
    onLine((line) => {
      if (line.job !== id() || reading) return
      if (line.n > next) void read()
      else take(line)
    }),
  )
  return { ...shown, error }
}

/** The log of a service, while the page is open. */
export const createServiceLines = (id: Accessor<string>): StreamLines =>
  createStreamLines(() => `GET /api/services/${encodeURIComponent(id())}/logs`)

export interface StreamLines extends Lines {
  /** Reads it again from its beginning. */
  reopen(): void
}

/** A log that a route sends as events, while it is shown. */
export function createStreamLines(route: Accessor<string>): StreamLines {
  const shown = createBuffer()
  const [error, setError] = createSignal<string>()
  const [turn, setTurn] = createSignal(0)
  const follow = async (path: string, signal: AbortSignal) => {
    let n = 0
    try {
      const response = await open(path, { signal })
      for await (const { event, data } of readEvents(response.body ?? new ReadableStream())) {
        const value = JSON.parse(data) as { text?: string; message?: string }
        if (event === 'line') shown.add({ n: n++, text: value.text ?? '' })
        else if (event === 'error') setError(value.message ?? 'The log broke off.')
        else setError('The log has ended.')
      }
      setError((before) => before ?? 'The connection to the log was lost.')
    } catch (thrown) {
      if (!signal.aborted) setError(asCallError(thrown).message)
    }
  }
  createEffect(
    on([route, turn], ([path]) => {
      const over = new AbortController()
      onCleanup(() => over.abort())
      shown.clear()
      setError(undefined)
      void follow(path, over.signal)
    }),
  )
  return { ...shown, error, reopen: () => setTurn((n) => n + 1) }
}

/** Gathers lines for a moment, so that a busy log draws ten times a second and not a thousand. */
function createBuffer() {
  const [lines, setLines] = createSignal<readonly LogLine[]>([])
  const [isDropped, setIsDropped] = createSignal(false)
  let waiting: LogLine[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    const all = [...lines(), ...waiting]
    waiting = []
    if (all.length > MOST_LINES) setIsDropped(true)
    setLines(all.slice(-MOST_LINES))
  }
  onCleanup(() => clearTimeout(timer))
  return {
    lines,
    isDropped,
    add({ n, text }: LogLine) {
      waiting.push({ n, text: text.replace(COLOURS, '') })
      if (waiting.length > MOST_LINES) {
        waiting = waiting.slice(-MOST_LINES)
        setIsDropped(true)
      }
      timer ??= setTimeout(flush, BATCH_MS)
    },
    clear() {
      waiting = []
      setIsDropped(false)
      setLines([])
    },
  }
}
