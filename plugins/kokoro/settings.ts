import { ContainerName, type Static, Type } from '#core'

/** The keys of a `kind: kokoro` service in topology.yaml. */
export const Settings = Type.Object({
  container: Type.Optional(
    ContainerName({ default: 'kokoro', description: 'name of its container on the host' }),
  ),
})
export type Settings = Static<typeof Settings>
