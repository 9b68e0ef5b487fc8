import { ControlError, type Health, type Service, type Upstream } from '#core'
import type { Settings } from '../settings.ts'
import { judgeHealth } from './judge-health.ts'

const TIMEOUT_MS = 4_000

/**
 * One look at a speech server and, where there is one, at its diarizer. Rejects as `request` does,
 * which core reads as late (a decode keeps the GPU, and the health with it, busy) or refused.
 */
export async function lookAt(service: Service<Settings>, signal: AbortSignal): Promise<Health> {
  const { health, diarizer, diarizer_health } = service.settings
  const [own, second] = await Promise.all([
    ask(service.http(), health, signal),
    diarizer ? ask(service.http('diarizer'), diarizer_health, signal).catch(absent) : undefined,
  ])
  if (!second) return own
  return {
    ...own,
    ...(second.reason !== undefined &&
      own.reason === undefined && { reason: `speakers: ${second.reason}` }),
    figures: { ...own.figures, speakers: second.state },
  }
}

async function ask(server: Upstream, path: string, signal: AbortSignal): Promise<Health> {
  try {
    const options = { signal, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 }
    return judgeHealth(await server.request(path, options))
  } catch (thrown) {
    if (!(thrown instanceof ControlError) || thrown.code !== 'UPSTREAM_UNREACHABLE') throw thrown
    // the port opens only once the model is loaded
    const message = `${thrown.message.replace(/\.$/, '')}: it is stopped, or still loads its model`
    throw new ControlError(thrown.code, message, { cause: thrown.cause })
  }
}

/** Without its diarizer a server still transcribes, so that is told beside its state. */
function absent(thrown: unknown): Health {
  if (!(thrown instanceof ControlError)) throw thrown
  const state = thrown.code === 'UPSTREAM_TIMEOUT' ? 'busy' : 'down'
  return { state, reason: thrown.message }
}
