import { ContainerName, type Static, Type, updateKeys } from '#core'

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
  update: Type.Optional(
    Type.Object(updateKeys, {
      additionalProperties: false,
      description: 'where its source lies, if it is to be updated from here',
    }),
  ),
  manage: Type.Boolean({
    default: true,
    description: 'false: it is watched only, never started, stopped or updated here',
  }),
})
export type Settings = Static<typeof Settings>
