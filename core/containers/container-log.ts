import { cutLine } from '../cut-line.ts'
import type { Host } from '../hosts/host.ts'
import { sh } from '../hosts/sh.ts'
import { runtimeError } from './runtime-error.ts'

/** A line of a container's log. */
export interface ContainerLine {
  text: string
  stream: 'stdout' | 'stderr'
}

export interface LogOptions {
  tail: number
  /** Whether to go on with what is written from now on. */
  follow: boolean
  signal: AbortSignal
}

/** Lines kept for a reader who is slower than the log; the oldest are left out. */
const MOST_WAITING = 5_000

/**
 * The log of a container, line by line. Ends with the container, or at the last line where it is not
 * followed. Throws CONTAINERS_*, CONTAINER_ABSENT and HOST_*.
 */
export async function* readContainerLog(
  host: Host,
  container: string,
  { tail, follow, signal }: LogOptions,
): AsyncGenerator<ContainerLine> {
  const runtime = host.spec.container_runtime
  const command = follow
    ? sh`${runtime} logs --tail ${tail} -f ${container}`
    : sh`${runtime} logs --tail ${tail} ${container}`
  const leaving = new AbortController()
  const queue = createQueue()
  const ran = host
    .exec(command, {
      signal: AbortSignal.any([signal, leaving.signal]),
      timeoutMs: follow ? null : 60_000,
      maxOutputBytes: 16 * 1024,
      onLine: (text, stream) => queue.push({ text: cutLine(text), stream }),
    })
    .finally(queue.end)
  // awaited below; a reader who leaves first needs no answer
  ran.catch(() => {})
  try {
    for (;;) {
      const lines = queue.take()
      yield* lines
      if (lines.length > 0) continue
      if (queue.isOver()) break
      await queue.more()
    }
    const { code, stderr } = await ran
    if (code !== 0) throw runtimeError({ host: host.id, runtime }, stderr)
  } finally {
    leaving.abort(new Error('the reader left'))
  }
}

function createQueue() {
  let waiting: ContainerLine[] = []
  let dropped = 0
  let isOver = false
  let wake = () => {}
  return {
    push(line: ContainerLine) {
      waiting.push(line)
      if (waiting.length > 2 * MOST_WAITING) {
        dropped += waiting.length - MOST_WAITING
        waiting = waiting.slice(-MOST_WAITING)
      }
      wake()
    },
    end() {
      isOver = true
      wake()
    },
    isOver: () => isOver && waiting.length === 0,
    take(): ContainerLine[] {
      const note = `— ${dropped} lines came too fast and are left out —`
      const lines = dropped > 0 ? [{ text: note, stream: 'stderr' as const }, ...waiting] : waiting
      waiting = []
      dropped = 0
      return lines
    },
    more: () =>
      new Promise<void>((resolve) => {
        wake = resolve
        if (isOver || waiting.length > 0) resolve()
      }),
  }
}
