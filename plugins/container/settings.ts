import { ContainerName, type Static, Type } from '#core'

/** The keys of a `kind: container` service in topology.yaml. */
export const Settings = Type.Object({
  container: ContainerName({ description: 'name of the container on the host' }),
  health: Type.Optional(
    Type.String({
      pattern: '^/[!-~]{0,200}$',
      'x-expects': 'a path such as /health',
      description: 'path that answers below 500 while the server is well; none: not asked by HTTP',
    }),
  ),
  manage: Type.Boolean({
    default: true,
    description: 'false: it is watched only, never started or stopped here',
  }),
})
export type Settings = Static<typeof Settings>
