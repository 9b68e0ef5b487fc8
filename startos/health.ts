import type { T } from '@start9labs/start-sdk'
import { UI_PORT } from './facts.ts'
import { i18n } from './i18n/index.ts'

type Result = Pick<T.NamedHealthCheckResult, 'result'> & { message: string }

/** What `/healthz` says; containers of one package share their network. */
interface Healthz {
  topology: string
  simulated: boolean
}

const ADDRESS = `http://127.0.0.1:${UI_PORT}`
const DEADLINE_MS = 5_000

/** Whether the controller answers and says it is well; the SDK's own check takes a 500 for health. */
export async function lookAtController(
  address = ADDRESS,
  deadlineMs = DEADLINE_MS,
): Promise<Result> {
  return (await ask(address, deadlineMs))
    ? { result: 'success', message: i18n('The dashboard is ready') }
    : { result: 'failure', message: i18n('The dashboard does not answer') }
}

/**
 * Which cluster is shown. Whether its machines answer is for the dashboard: one that is off must not
 * make this service unhealthy.
 */
export async function lookAtTopology(address = ADDRESS, deadlineMs = DEADLINE_MS): Promise<Result> {
  const health = await ask(address, deadlineMs)
  if (!health) return { result: 'waiting', message: i18n('The dashboard does not answer') }
  if (health.simulated)
    return { result: 'disabled', message: i18n('A simulated cluster, until you set a topology') }
  if (health.topology === 'current')
    return { result: 'success', message: i18n('Your topology is in force') }
  return {
    result: 'failure',
    message:
      health.topology === 'last_good'
        ? i18n('The topology has mistakes, so its last good version is in force')
        : i18n('The topology has mistakes, and there is no good version of it yet'),
  }
}

async function ask(address: string, deadlineMs: number): Promise<Healthz | undefined> {
  try {
    const answer = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(deadlineMs) })
    return answer.ok ? ((await answer.json()) as Healthz) : undefined
  } catch {
    return undefined // refused, too late or no JSON: not well, whichever
  }
}
