import { type Static, Type } from '@sinclair/typebox'
import { AdmissionView } from './admission/view.ts'
import { LeaseRef } from './coordination/lease.ts'
import { DiskUse, HostFigures } from './hosts/figures.ts'
import { At, Nullable } from './wire-types.ts'

/** Shapes that go over the wire. snake_case; `*_at` RFC 3339 UTC; `*_s` seconds. */

export const Detail = Type.Object({ path: Type.String(), message: Type.String() })

export const ErrorView = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    hint: Type.Optional(Type.String()),
    details: Type.Array(Detail),
    request_id: Type.String(),
    retry_after_s: Type.Optional(Type.Number()),
    holder: Type.Optional(Type.Unknown()),
  }),
})
export type ErrorView = Static<typeof ErrorView>

/** What an operate route would do. `digest` covers commands, stops and holds: what was agreed to. */
export const PlanView = Type.Object({
  /** The act, as a dialog's title asks it: "Load Gemma 4 instead of Qwen3.6?" */
  title: Type.String(),
  /** The button that does it: "Load Gemma 4". */
  confirm: Type.String(),
  /** Each command as it will run, secrets masked. `host` is null for the controller itself. */
  commands: Type.Array(Type.Object({ host: Nullable(Type.String()), command: Type.String() })),
  /** What stops, one plain sentence each. */
  stops: Type.Array(Type.String()),
  /** What happens, in plain English, paragraphs separated by \n. */
  consequence: Type.String(),
  /** What cannot be undone; absent if everything can. */
  irreversible: Type.Optional(Type.String()),
  /** Resources the act needs: service ids, `gpu:<host>`. */
  holds: Type.Array(Type.String()),
  /** How long it took last time; null if never done. */
  last_seconds: Nullable(Type.Number()),
  /** Requests being answered now that it would cut. */
  running_requests: Type.Integer(),
  digest: Type.String(),
  /** Why it would be refused now: somebody else has reserved what it needs. */
  waits: Type.Optional(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      hint: Type.Optional(Type.String()),
      holder: Type.Optional(Type.Unknown()),
    }),
  ),
})
export type PlanView = Static<typeof PlanView>

export const JobState = Type.Union(
  (['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const).map((s) => Type.Literal(s)),
)

export const JobView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  /** `<plugin kind>.<job name>`. */
  kind: Type.String(),
  service: Nullable(Type.String()),
  state: JobState,
  /** Asked to stop, and not stopped yet. */
  is_cancelling: Type.Optional(Type.Boolean()),
  phase: Nullable(Type.String()),
  /** 0–100; null while it cannot be known. */
  percent: Nullable(Type.Number()),
  /** Phases in the order they were entered, with their times. */
  phases: Type.Array(
    Type.Object({
      name: Type.String(),
      started_at: At,
      ended_at: Nullable(At),
      /** The one in which the job failed; later ones cleared up. */
      is_failed: Type.Optional(Type.Boolean()),
    }),
  ),
  /** What was asked for. */
  input: Type.Unknown(),
  result: Type.Unknown(),
  created_at: At,
  started_at: Nullable(At),
  ended_at: Nullable(At),
  /** The lease it was started under. */
  lease: Type.Optional(LeaseRef),
  error: Type.Optional(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      hint: Type.Optional(Type.String()),
      log_tail: Type.Array(Type.String()),
    }),
  ),
})
export type JobView = Omit<Static<typeof JobView>, 'state'> & {
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
}

export const HostView = Type.Object({
  id: Type.String(),
  address: Type.String(),
  /** `none`: the topology names no user, so HTTP only. */
  state: Type.Union(
    (
      ['ok', 'none', 'connecting', 'key_unknown', 'key_changed', 'denied', 'unreachable'] as const
    ).map((s) => Type.Literal(s)),
  ),
  error: Type.Optional(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      hint: Type.Optional(Type.String()),
    }),
  ),
  /** SHA256 fingerprints when the key is unknown or changed. */
  host_key: Type.Optional(
    Type.Object({ offered: Type.String(), known: Type.Optional(Type.String()) }),
  ),
  /** Paths of disks that are nearly full. */
  low_disks: Type.Optional(Type.Array(Type.String())),
  /** When the figures below were read; null = never. */
  checked_at: Nullable(At),
  round_trip_ms: Nullable(Type.Number()),
  figures: Nullable(HostFigures),
  /** What fills the disks, looked for now and then. */
  disk_use: Type.Optional(DiskUse),
})
export type HostView = Static<typeof HostView>

export type ServiceState = 'up' | 'busy' | 'starting' | 'idle' | 'down' | 'unknown'

export const ServiceView = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  title: Type.String(),
  host: Nullable(Type.String()),
  /** http://address:port of the server behind it; null for kinds inside the controller. */
  endpoint: Nullable(Type.String()),
  state: Type.Union(
    (['up', 'busy', 'starting', 'idle', 'down', 'unknown'] as const).map((s) => Type.Literal(s)),
  ),
  reason: Type.Optional(Type.String()),
  /** Figures of the last good probe. */
  figures: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String()])),
  models: Type.Array(Type.String()),
  /** Requests going through us now. */
  in_flight: Type.Integer(),
  is_draining: Type.Boolean(),
  /** Absent: as many requests as come. */
  admission: Type.Optional(AdmissionView),
  checked_at: Nullable(At),
  /** When the state last was up, busy or idle. */
  last_seen_at: Nullable(At),
  since: Nullable(At),
  /** A newer topology waits for this service's job to end. */
  is_pending: Type.Boolean(),
  /** Figures, actions and links the generic tile shows. */
  tile: Type.Object({
    figures: Type.Array(
      Type.Object({ key: Type.String(), label: Type.String(), unit: Type.Optional(Type.String()) }),
    ),
    links: Type.Array(Type.Object({ label: Type.String(), href: Type.String() })),
    actions: Type.Array(Type.Object({ name: Type.String(), label: Type.String() })),
    /** URL of a prebuilt ES module of an out-of-tree plugin. */
    module: Type.Optional(Type.String()),
  }),
  has_logs: Type.Boolean(),
  /** Whether it has containers that can be started and stopped here. */
  has_containers: Type.Optional(Type.Boolean()),
  /** Named in the topology and not set up: the dashboard leaves it out. */
  is_hidden: Type.Optional(Type.Boolean()),
})
export type ServiceView = Omit<Static<typeof ServiceView>, 'state'> & { state: ServiceState }

/** How the controller itself stands: topology, its mistakes, the sandbox. */
export const ControllerView = Type.Object({
  version: Type.String(),
  cluster: Type.String(),
  is_simulated: Type.Boolean(),
  started_at: At,
  topology: Type.Object({
    file: Type.String(),
    state: Type.Union([Type.Literal('current'), Type.Literal('last_good'), Type.Literal('none')]),
    loaded_at: Nullable(At),
    diagnostics: Type.Array(
      Type.Object({
        severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
        code: Type.String(),
        file: Type.String(),
        line: Type.Integer(),
        column: Type.Integer(),
        path: Type.String(),
        message: Type.String(),
        hint: Type.Optional(Type.String()),
        source: Type.Optional(Type.String()),
      }),
    ),
  }),
  ssh_public_key: Type.String(),
})
export type ControllerView = Static<typeof ControllerView>
