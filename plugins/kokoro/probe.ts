import { type ContainerView, ControlError, type Health, type Service } from '#core'
import type { Settings } from './settings.ts'
import { type Speaker, speakerOf } from './speaker.ts'

const TIMEOUT_MS = 4_000
/** Voices change when somebody adds a file to the server. */
const VOICES_MS = 5 * 60_000
/** Kokoro loads its model before it opens its port: a minute on a busy machine. */
const LOADING_MS = 2 * 60_000

/**
 * One look: `/health` proves that the server's loop runs, its list of voices that it can serve. While
 * it loads, and when it is stopped, its port refuses; under load it is late, which core calls busy.
 */
export function createProbe(service: Service<Settings>): (signal: AbortSignal) => Promise<Health> {
  const speaker = speakerOf(service)
  let refusedMs: number | null = null
  return async (signal) => {
    try {
      const health = await look(service, speaker, signal)
      refusedMs = null
      return health
    } catch (thrown) {
      if (!isRefused(thrown)) throw thrown
      speaker.forget()
      refusedMs ??= service.clock.now()
      const [container] = await service.containers({ depth: 'state', signal })
      return judgeRefusal(container, service.clock.now() - refusedMs)
    }
  }
}

async function look(
  service: Service<Settings>,
  speaker: Speaker,
  signal: AbortSignal,
): Promise<Health> {
  const options = { signal, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 }
  const { status } = await service.http().request('/health', options)
  if (status === 401 || status === 403)
    return { state: 'down', reason: `/health answers ${status}: set api_key of the service` }
  if (status !== 200) return { state: 'down', reason: `/health answers ${status}` }
  try {
    await speaker.refresh(VOICES_MS, signal)
  } catch (thrown) {
    if (!(thrown instanceof ControlError) || thrown.code !== 'VOICES_UNREADABLE') throw thrown
    return { state: 'down', reason: thrown.message }
  }
  return { state: 'up', figures: figuresOf(speaker) }
}

function figuresOf(speaker: Speaker): Record<string, number | string> {
  const factor = speaker.meter.realtimeFactor()
  const error = speaker.meter.isFailing() ? speaker.lastError() : null
  return {
    voices: speaker.voices().length,
    ...(factor !== null && factor > 0 && { speed: Math.round(10 / factor) / 10 }),
    ...(error && { last_error: error.message.slice(0, 200) }),
  }
}

/**
 * What a port that refuses means: the container says whether it was stopped, the time whether it still
 * loads. One of another name, or on a host without SSH, leaves only the time.
 */
export function judgeRefusal(container: ContainerView | undefined, forMs: number): Health {
  const { state, exit_code } = container ?? { state: 'unknown', exit_code: null }
  if (state === 'stopped')
    return STOPPED.includes(exit_code)
      ? { state: 'idle', reason: 'its container is stopped' }
      : { state: 'down', reason: `its container has ended with exit status ${exit_code}` }
  if (state === 'paused') return { state: 'idle', reason: 'its container is paused' }
  if (state === 'restarting')
    return { state: 'down', reason: 'its container ends again and again, and is started anew' }
  if (forMs >= LOADING_MS) {
    const rest = state === 'running' ? 'though its container runs: its log says why' : STOPPED_MAYBE
    return { state: 'down', reason: `its port has refused connections for two minutes, ${rest}` }
  }
  return {
    state: 'starting',
    reason: 'its port refuses connections, as it does while the model is loaded',
  }
}

/** None, or what docker's stop makes of it. */
const STOPPED = [null, 0, 137, 143]
const STOPPED_MAYBE = 'so it is stopped or could not start'

function isRefused(thrown: unknown): boolean {
  if (!(thrown instanceof ControlError) || thrown.code !== 'UPSTREAM_UNREACHABLE') return false
  return (thrown.cause as { code?: unknown } | undefined)?.code === 'ECONNREFUSED'
}
