import { type Static, Type } from '@sinclair/typebox'
import type { Host } from '../../hosts/host.ts'
import { EXPECTS } from '../../topology/tags.ts'

const word = Type.String({ pattern: '^[^\\u0000-\\u001f]{1,1000}$' })

/** Where a container's source lies and how it becomes a container; keys of a kind's settings. */
export const updateKeys = {
  directory: Type.String({
    pattern: '^(/|~/)[^\\u0000-\\u001f]*$',
    [EXPECTS]: 'a folder on the host: /home/bot/bridge or ~/bridge',
    description: 'folder on the host with its git work tree',
  }),
  branch: Type.String({
    pattern: '^[A-Za-z0-9_][A-Za-z0-9._/-]{0,200}$',
    [EXPECTS]: 'the name of a branch',
    default: 'main',
    description: 'branch that is followed',
  }),
  remote: Type.String({
    pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,100}$',
    [EXPECTS]: 'the name of a remote',
    default: 'origin',
    description: 'remote it is fetched from',
  }),
  compose: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9_][A-Za-z0-9._/-]{0,200}$',
      [EXPECTS]: 'the path of a file in directory',
      description: 'compose file in directory; default: the first of the usual names',
    }),
  ),
  build: Type.Optional(
    Type.Array(word, {
      minItems: 1,
      maxItems: 100,
      description: 'command that builds the image, instead of docker compose build',
    }),
  ),
  up: Type.Optional(
    Type.Array(word, {
      minItems: 1,
      maxItems: 100,
      description: 'command that replaces the container, instead of docker compose up -d',
    }),
  ),
}
const Source = Type.Object(updateKeys)
export type UpdateSource = Static<typeof Source>

/** What is updated: a container on a host, from a source there. */
export interface UpdateTarget {
  /** As the user whose work tree it is. */
  host: Host
  container: string
  source: UpdateSource
}

/** Whether docker compose is used for a part of it. */
export const usesCompose = ({ build, up }: UpdateSource): boolean =>
  build === undefined || up === undefined
