import { type ContainerView, ControlError, type Health, type Service, type Upstream } from '#core'
import type { Settings } from '../settings.ts'
import { judgeContainer } from './judge-container.ts'
import { judgeHealth } from './judge-health.ts'

const TIMEOUT_MS = 4_000

/**
 * One look at a speech server and, where there is one, at its diarizer. Rejects as `request` does,
 * which core reads as late: a decode keeps the GPU, and the health with it, busy. A refused
 * connection is looked into: it is stopped, has ended, or still loads.
 */
export async function lookAt(service: Service<Settings>, signal: AbortSignal): Promise<Health> {
  const { health, container, diarizer, diarizer_health } = service.settings
  const containers = askOnce(service, signal)
  const [own, second] = await Promise.all([
    look(service.http(), health, { container, containers, signal }),
    diarizer && lookAtDiarizer(),
  ])
  if (!second) return own
  return {
    ...own,
    ...(second.reason !== undefined &&
      own.reason === undefined && { reason: `speakers: ${second.reason}` }),
    figures: { ...own.figures, speakers: second.state },
  }

  /** Without its diarizer a server still transcribes, so that is told beside its state. */
  async function lookAtDiarizer(): Promise<Health> {
    const looking = { container: diarizer?.container, containers, signal }
    try {
      return await look(service.http('diarizer'), diarizer_health, looking)
    } catch (thrown) {
      if (!(thrown instanceof ControlError)) throw thrown
      const state = thrown.code === 'UPSTREAM_TIMEOUT' ? 'busy' : 'down'
      return { state, reason: thrown.message }
    }
  }
}

interface Looking {
  container: string | undefined
  containers(): Promise<ContainerView[]>
  signal: AbortSignal
}

async function look(server: Upstream, path: string, looking: Looking): Promise<Health> {
  try {
    const options = { signal: looking.signal, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 }
    return judgeHealth(await server.request(path, options))
  } catch (thrown) {
    if (!(thrown instanceof ControlError) || thrown.code !== 'UPSTREAM_UNREACHABLE') throw thrown
    const views = await looking.containers()
    const view = views.find(({ name }) => name === looking.container)
    const judged = view && judgeContainer(view)
    if (judged) return judged
    // the port opens only once the model is loaded
    const message = `${thrown.message.replace(/\.$/, '')}: it is stopped, or still loads its model`
    throw new ControlError(thrown.code, message, { cause: thrown.cause })
  }
}

/** How the containers stand, asked once a look; none where there is no way to ask. */
function askOnce(service: Service<Settings>, signal: AbortSignal): () => Promise<ContainerView[]> {
  let asked: Promise<ContainerView[]> | undefined
  return () => {
    asked ??= service.containers({ depth: 'state', signal }).catch(() => [])
    return asked
  }
}
