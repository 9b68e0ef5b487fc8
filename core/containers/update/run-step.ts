import { ControlError } from '../../errors.ts'
import type { Host } from '../../hosts/host.ts'
import { type Command, display } from '../../hosts/sh.ts'
import type { Job } from '../../jobs/job.ts'
import { runtimeError } from '../runtime-error.ts'

const TIMEOUT_MS = 60 * 60_000
const LOG_TAIL = 40

/**
 * Runs a command of an update with its output in the job's log. Throws UPDATE_COMMAND_FAILED with the
 * end of it, or CONTAINERS_* where docker was not to be had.
 */
export async function runStep(
  { job, host }: { job: Pick<Job, 'line' | 'signal'>; host: Host },
  command: Command,
): Promise<void> {
  const lines: string[] = []
  job.line(`${host.id}: ${display(command)}`)
  const { code } = await host.exec(command, {
    ...{ signal: job.signal, timeoutMs: TIMEOUT_MS, maxOutputBytes: 64 * 1024 },
    onLine(line) {
      lines.push(line)
      if (lines.length > LOG_TAIL) lines.shift()
      job.line(line)
    },
  })
  if (code === 0) return
  const at = { host: host.id, runtime: host.spec.container_runtime }
  const said = runtimeError(at, lines.join('\n'))
  if (said.code === 'CONTAINERS_DENIED' || said.code === 'CONTAINERS_DOWN') throw said
  throw new ControlError(
    'UPDATE_COMMAND_FAILED',
    `a command ended with ${code} on ${host.id}: ${lines.at(-1) ?? 'it said nothing'}`,
    { logTail: lines },
  )
}
