import type { Service } from '#core'
import type { Engine, EngineLook } from '../launch/engine.ts'
import type { Settings } from '../settings.ts'
import { type Failure, findFailure } from './failures.ts'

/** Enough for a trace and what led to it. */
const LINES = 400

const known = new WeakMap<object, { id: string; failure: Failure | undefined }>()

/** What the log of an engine that has ended names as the cause; read once for each that ended. */
export async function whyDied(
  service: Service<Settings>,
  engine: Engine,
  look: EngineLook,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  if (look.state === 'absent' || look.engines.length > 0) return undefined
  const before = known.get(service)
  if (before?.id === look.id) return before.failure
  const { spec } = service.host
  const { stdout, stderr } = await service.host.exec(engine.tail(spec.container_runtime, LINES), {
    signal,
  })
  const failure = findFailure(`${stdout}\n${stderr}`.split(/\r?\n|\r/))
  known.set(service, { id: look.id, failure })
  return failure
}
