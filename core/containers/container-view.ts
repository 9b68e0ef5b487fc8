import { type Static, Type } from '@sinclair/typebox'
import { At, Nullable } from '../wire-types.ts'

const words = <const W extends string>(...all: W[]) =>
  Type.Unsafe<W>(Type.Union(all.map((word) => Type.Literal(word))))

/** A container of a service as the wire shows it. */
export const ContainerView = Type.Object({
  name: Type.String(),
  host: Type.String(),
  /** `absent`: docker has none of this name; `unknown`: it could not be asked, `error` says why. */
  state: words('running', 'paused', 'restarting', 'stopped', 'absent', 'unknown'),
  /** Its HEALTHCHECK; null where the image has none, or it does not run. */
  health: Nullable(words('starting', 'healthy', 'unhealthy')),
  /** As it was started from: `ghcr.io/acme/whisper:1.2`. */
  image: Nullable(Type.String()),
  started_at: Nullable(At),
  stopped_at: Nullable(At),
  /** Of the last end; null while it runs. */
  exit_code: Nullable(Type.Integer()),
  /** How often its restart policy has started it again. */
  restarts: Type.Integer(),
  /** Memory of its processes, GPU memory included where the host tells; null if not known. */
  memory_bytes: Nullable(Type.Number()),
  error: Type.Optional(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      hint: Type.Optional(Type.String()),
    }),
  ),
})
export type ContainerView = Static<typeof ContainerView>

/** Whether its processes are there. */
export const isRunning = ({ state }: Pick<ContainerView, 'state'>): boolean =>
  state === 'running' || state === 'paused' || state === 'restarting'

/** A container of which no more is known than its name. */
export const blankContainer = (
  name: string,
  host: string,
  state: 'absent' | 'unknown',
): ContainerView => ({
  ...{ name, host, state, health: null, image: null, started_at: null, stopped_at: null },
  ...{ exit_code: null, restarts: 0, memory_bytes: null },
})
