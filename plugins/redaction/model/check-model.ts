import {
  type CheckedService,
  didYouMean,
  durationMs,
  type KindMistake,
  listNames,
  type ServiceSpec,
  type Topology,
} from '#core'
import type { Settings } from '../settings.ts'

/** The service of `model` is there and has a server, and leaves time for the rest of the detection. */
export function checkModel(
  { id, settings: { model, deadline } }: CheckedService<Settings>,
  topology: Topology,
): KindMistake[] {
  if (!model) return []
  const others = Object.values(topology.services).filter((other) => other.id !== id)
  const isEarly = durationMs(model.deadline) < durationMs(deadline)
  return [
    ...serviceMistakes(model.service, others.filter(hasServer), topology.services[model.service]),
    ...(isEarly ? [] : [lateMistake(model.deadline, deadline)]),
  ]
}

const hasServer = ({ host, url }: ServiceSpec): boolean => host !== undefined || url !== undefined

function serviceMistakes(
  name: string,
  servers: readonly ServiceSpec[],
  named: ServiceSpec | undefined,
): KindMistake[] {
  const at = 'model.service'
  const ids = servers.map((server) => server.id)
  if (!ids.includes(name)) {
    const message = `is "${name}"; services with a server of their own: ${listNames(ids)}`
    const hint = didYouMean(name, ids) ?? 'name one of them, or add it under services:'
    return [{ at, code: 'MODEL_SERVICE', message, hint }]
  }
  if (!named?.isDisabled) return []
  const message = `is "${name}", which is disabled, so it is never asked`
  return [{ at, code: 'MODEL_SERVICE', severity: 'warning', message, hint: 'enable it' }]
}

const lateMistake = (own: string, whole: string): KindMistake => ({
  ...{ at: 'model.deadline', code: 'MODEL_DEADLINE' },
  message: `is ${own}, which leaves nothing of the deadline of ${whole} for the rest`,
  hint: 'raise deadline of the service, or lower this one',
})
