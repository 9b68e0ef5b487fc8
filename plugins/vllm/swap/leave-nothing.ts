import { asControlError, type Host } from '#core'
import { vllmError } from '../errors.ts'
import { isHostError } from '../launch/container.ts'
import type { JobContext } from './job-context.ts'
import { stopEngine } from './stop-engine.ts'

/** A machine that cannot be reached just now is asked again for this long. */
const RETRY_FOR_MS = 120_000
const RETRY_EVERY_MS = 3_000

/**
 * A failed or cancelled load leaves nothing behind; what cannot be stopped is said loudly, with
 * `thrown`, which began it, in front.
 */
export async function leaveNothingRunning(
  context: JobContext,
  hosts: Host[],
  thrown: unknown,
): Promise<void> {
  const { job } = context
  // cancel must not cancel the cleaning up
  const unhindered = { ...context, signal: new AbortController().signal }
  job.phase('stopping what was started', context.signal.aborted ? undefined : 'failure')
  try {
    const { stopped } = await stopWhenReachable(unhindered, hosts)
    const why = context.signal.aborted ? 'cancelled' : 'failed'
    job.line(
      stopped.length > 0 ? `${why}: what was started is stopped` : `${why}: nothing is running`,
    )
  } catch (failure) {
    const { message, hint } = asControlError(failure)
    job.line(`what was started could not be stopped: ${message}`)
    throw vllmError('NOT_STOPPED', `${asControlError(thrown).message}. Afterwards: ${message}`, {
      hint: hint ?? 'something may still be running; look at the hosts, then unload',
      cause: thrown,
    })
  }
}

async function stopWhenReachable(context: JobContext, hosts: Host[]) {
  const { clock } = context.service
  const since = clock.now()
  for (;;) {
    try {
      return await stopEngine(context, hosts)
    } catch (thrown) {
      if (!isHostError(thrown) || clock.now() - since > RETRY_FOR_MS) throw thrown
    }
    await clock.sleep(RETRY_EVERY_MS, context.signal)
  }
}
