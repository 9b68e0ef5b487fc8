/** One line of a container's log. */
export interface LogEntry {
  atMs: number
  stream: 'stdout' | 'stderr'
  /** Without the line feed. */
  text: string
}

/** The log of a container: the last lines, and whoever follows them. */
export interface ContainerLog {
  write(text: string, stream?: LogEntry['stream']): void
  entries(): readonly LogEntry[]
  /** Entries from now on; the callback gets `undefined` when the container is gone. */
  follow(listener: (entry: LogEntry | undefined) => void): () => void
  end(): void
  /** The container runs again: what is written can be followed again. */
  reopen(): void
}

const MAX_ENTRIES = 5000

/** An empty log. */
export function createLog(): ContainerLog {
  const entries: LogEntry[] = []
  const listeners = new Set<(entry: LogEntry | undefined) => void>()
  let isEnded = false
  const tell = (entry: LogEntry | undefined) => {
    for (const listener of [...listeners]) listener(entry)
  }
  return {
    write(text, stream = 'stdout') {
      for (const line of text.replace(/\n$/, '').split('\n')) {
        const entry: LogEntry = { atMs: Date.now(), stream, text: line }
        entries.push(entry)
        tell(entry)
      }
      if (entries.length > MAX_ENTRIES) entries.splice(0, entries.length - MAX_ENTRIES)
    },
    entries: () => entries,
    follow(listener) {
      if (isEnded) {
        listener(undefined)
        return () => undefined
      }
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    end() {
      isEnded = true
      tell(undefined)
      listeners.clear()
    },
    reopen() {
      isEnded = false
    },
  }
}

/** A moment as docker's `--since` takes it: RFC 3339, Unix seconds, or `10m` before now. */
export function parseSince(text: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)]
  if (parts.length > 0 && parts.map((part) => part[0]).join('') === text) {
    const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
    const agoMs = parts.reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0),
      0,
    )
    return nowMs - agoMs
  }
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(at) ? undefined : at
}

/** RFC 3339 with nanoseconds, as docker writes times. */
export function rfc3339Nano(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000000Z')
}
