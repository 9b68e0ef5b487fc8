import { ContainerName, type Static, Type, updateKeys } from '#core'

/** The keys of a `kind: matrix-bridge` service in topology.yaml, beside the core's `user`. */
export const Settings = Type.Object({
  ...updateKeys,
  // empty where it is not set up: a topology shared by several sites has placeholders here
  directory: Type.String({
    ...{ pattern: '^((/|~/)[^\\u0000-\\u001f]*)?$', default: '' },
    'x-expects': 'a folder on the host: /home/bot/bridge or ~/bridge',
    description: 'folder on the host with its git work tree; empty: it is not updated from here',
  }),
  container: ContainerName({
    default: 'matrix-bridge',
    description: 'name of its container on the host',
  }),
})
export type Settings = Static<typeof Settings>
