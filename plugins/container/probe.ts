import { ControlError, type Health, judgeContainer, type Service } from '#core'
import type { Settings } from './settings.ts'

const TIMEOUT_MS = 4_000

/** The container first; then, where its settings name a path, its server. */
export async function probe(service: Service<Settings>, signal: AbortSignal): Promise<Health> {
  const [container] = await service.containers({ depth: 'state', signal })
  if (!container) throw new ControlError('INTERNAL', 'the settings name no container')
  const judged = judgeContainer(container)
  const path = service.settings.health
  if (path === undefined || (judged.state !== 'up' && judged.state !== 'starting')) return judged
  const answer = await askServer(service, path, signal)
  // what answers is well, whatever its own check has not seen yet
  return answer.state === 'up' || judged.state === 'up' ? answer : judged
}

async function askServer(
  service: Service<Settings>,
  path: string,
  signal: AbortSignal,
): Promise<Health> {
  try {
    const options = { signal, timeoutMs: TIMEOUT_MS, maxBytes: 256 * 1024 }
    const { status } = await service.http().request(path, options)
    return status < 500 ? { state: 'up' } : down(`${path} answers ${status}`)
  } catch (thrown) {
    const code = thrown instanceof ControlError ? thrown.code : undefined
    // it runs, so what refuses has not come up yet
    if (code === 'UPSTREAM_UNREACHABLE')
      return { state: 'starting', reason: 'it runs, but nothing answers on its port yet' }
    throw thrown
  }
}

const down = (reason: string): Health => ({ state: 'down', reason })
