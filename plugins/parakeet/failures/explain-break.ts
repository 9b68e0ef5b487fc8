import { ControlError, type Service } from '#core'
import { judgeHealth } from '../probe/judge-health.ts'
import type { Settings } from '../settings.ts'
import { decodeCrashed } from './explain-refusal.ts'

/** How a server stands right after it broke off. */
export type Aftermath = 'answers' | 'loading' | 'gone' | 'silent'

/**
 * What a caller is told when the connection broke in the middle of a decode. A busy GPU never closes
 * a connection, it only answers late; so what broke off has crashed, unless the whole server is
 * silent, and then nobody knows.
 */
export function explainBreak(service: string, aftermath: Aftermath): ControlError {
  switch (aftermath) {
    case 'answers':
      return decodeCrashed(service, 'Its server broke off in the middle, and answers again.')
    case 'loading':
      return decodeCrashed(service, 'Its server broke off, and is loading its model again.')
    case 'gone':
      return decodeCrashed(service, 'Its server broke off and is gone: the crash took it along.')
    case 'silent':
      return new ControlError('OVERLOADED', `The server of ${service} broke off and is silent.`, {
        hint: 'Its GPU is busy or hangs. If it stays so, restart its container.',
        retryAfterS: 15,
      })
  }
}

/** Looks how the server at an endpoint stands: the diarizer's, or the one that transcribes. */
export async function lookAfter(
  service: Service<Settings>,
  endpoint: string | undefined,
): Promise<Aftermath> {
  const { settings, signal } = service
  const health = endpoint === 'diarizer' ? settings.diarizer_health : settings.health
  const options = { signal, timeoutMs: 3_000, maxBytes: 64 * 1024 }
  try {
    const { state } = judgeHealth(await service.http(endpoint).request(health, options))
    return state === 'starting' ? 'loading' : 'answers'
  } catch (thrown) {
    const code = thrown instanceof ControlError ? thrown.code : ''
    return code === 'UPSTREAM_TIMEOUT' ? 'silent' : 'gone'
  }
}
