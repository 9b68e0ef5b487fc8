import { vllmError } from '../errors.ts'
import type { Engine, EngineLook } from './engine.ts'

/**
 * Throws NOT_STOPPED for an engine that was started for another service: a name that came to be two
 * services', by an edit or by a second controller, is no leave to stop what serves.
 */
export function requireOwn(
  look: EngineLook,
  { engine, service, host }: { engine: Engine; service: string; host: string },
): void {
  if (look.state === 'absent' || look.owner === null || look.owner === service) return
  throw vllmError(
    'NOT_STOPPED',
    `not stopped: ${engine.thing} on ${host} was started for ${look.owner}, not for ${service}`,
    { hint: `unload ${look.owner}, or give ${service} a container of its own in topology.yaml` },
  )
}
