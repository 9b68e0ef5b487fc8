import { ControlError, type Kind, type Open } from '#core'
import type { door } from './api.ts'
import { aliasesOf, knownOf } from './known.ts'
import type { Settings } from './settings.ts'

/** The paths are all handed through; what is left is to say why a model cannot be had. */
export const openDoor = (kind: Kind<Settings>): Open<typeof door> => ({
  handlers: {},
  explainModel: (model) => explainModel(kind, model),
})

function explainModel(kind: Kind<Settings>, model: string): ControlError | undefined {
  const service = kind.services().find((each) => {
    const { models } = knownOf(each)
    return models.includes(model) || aliasesOf(models).includes(model)
  })
  if (!service) return undefined
  if (!knownOf(service).isAnswering) {
    return new ControlError(
      'UPSTREAM_UNREACHABLE',
      `${service.id} has "${model}", but does not answer now.`,
      { hint: `GET /api/services/${service.id} says since when and why.` },
    )
  }
  // a model that is served is asked for here only if its service was passed by
  return new ControlError(
    'MODEL_NOT_FOUND',
    `${service.id} has "${model}", but does not answer this path.`,
    { hint: `If its server does, add the path to services.${service.id}.paths in topology.yaml.` },
  )
}
