import type { Loading } from '../launch/await-ready.ts'
import { isHostError } from '../launch/container.ts'
import type { JobContext } from '../swap/job-context.ts'
import { LONGEST } from './log-line.ts'
import { createLogReader } from './log-phases.ts'

/** Lines kept for finding the cause of a failure. */
const KEEP_LINES = 4_000
const REATTACH_MS = 3_000
/** A progress bar is worth a line of the job's log this often. */
const BAR_STEP_PERCENT = 10

/**
 * Follows the head's log for as long as the load takes: phases and percent to the job, lines to its
 * log, all of it kept (bounded) for finding a cause. Attaches again when the connection is lost.
 */
export function followLog(
  { job, service, engine }: JobContext,
  { hosts, isResumed }: Loading,
  signal: AbortSignal,
): { lines: readonly string[]; ended: Promise<void> } {
  const lines: string[] = []
  const reader = createLogReader()
  let seen = 0
  let barAt = -BAR_STEP_PERCENT
  let phase: string | null = null

  function take(line: string): void {
    if (line.trim() === '') return
    lines.push(line.slice(0, LONGEST))
    if (lines.length > KEEP_LINES) lines.splice(0, lines.length - KEEP_LINES)
    const progress = reader.read(line)
    if (progress.phase !== null && progress.phase !== phase) {
      phase = progress.phase
      barAt = -BAR_STEP_PERCENT
      job.phase(phase)
    }
    job.percent(progress.percent > 0 ? progress.percent : null)
    if (progress.isBar) {
      const percent = Number(/(?<!\d)(\d+)%/.exec(line)?.[1] ?? 0)
      if (percent < 100 && percent - barAt < BAR_STEP_PERCENT) return
      barAt = percent
    }
    job.line(line)
  }

  async function follow(): Promise<void> {
    const [head] = hosts
    if (!head) return
    if (isResumed) job.line('— the log from its beginning —')
    while (!signal.aborted) {
      const skip = seen
      let count = 0
      try {
        await head.exec(engine.follow(head.spec.container_runtime), {
          signal,
          timeoutMs: null,
          maxOutputBytes: 64 * 1024,
          onLine: (line) => {
            count++
            if (count <= skip) return
            seen = count
            take(line)
          },
        })
      } catch (thrown) {
        if (signal.aborted) return
        if (!isHostError(thrown)) job.line(`the log cannot be followed: ${String(thrown)}`)
      }
      // the container ended, or the connection did; the watch decides which
      await service.clock.sleep(REATTACH_MS, signal).catch(() => undefined)
    }
  }

  return { lines, ended: follow() }
}
