import { Type } from '@sinclair/typebox'
import type { Logger } from 'pino'
import { ControlError } from '../errors.ts'
import { fits } from '../http/validate.ts'
import type { LiveService } from '../services.ts'
import type { Contribution } from './family.ts'

/** Plugins may be plain JavaScript, so what they contribute is looked at. */
const Families = Type.Array(
  Type.Object({
    name: Type.String(),
    type: Type.Union(['counter', 'gauge', 'histogram'].map((type) => Type.Literal(type))),
    help: Type.String(),
    samples: Type.Array(
      Type.Object({
        suffix: Type.Optional(Type.String({ pattern: '^_(bucket|sum|count)$' })),
        labels: Type.Record(Type.String(), Type.String()),
        value: Type.Any(),
      }),
    ),
  }),
)

/** The metrics of the services that have some; a plugin that fails costs its own alone. */
export function contributionsOf(services: readonly LiveService[], log: Logger): Contribution[] {
  return services.flatMap(({ spec: { id, host = null }, running }) => {
    if (!running?.metrics) return []
    try {
      const families = running.metrics()
      if (fits(Families, families)) return [{ service: id, host, families }]
      throw new ControlError('INTERNAL', `the metrics of ${id} are no list of families`)
    } catch (err) {
      log.warn({ err, service: id }, 'metrics of a service could not be read')
      return []
    }
  })
}
