import type { JSX } from 'solid-js'
import type { HostView, JobView, ServiceView } from '../../core/views.ts'

/** `good` works, `busy` works slowly, `wait` is on its way, `idle` rests on purpose, `bad` does not work. */
export type Tone = 'good' | 'busy' | 'wait' | 'idle' | 'bad' | 'unknown'

/** A state in a word, with a mark whose shape differs as well as its colour. */
export function Badge(props: { tone: Tone; children: JSX.Element }) {
  return (
    <span class="badge" data-tone={props.tone}>
      {props.children}
    </span>
  )
}

/** The state of a service. */
export const ServiceBadge = (props: { service: ServiceView }) => (
  <Badge tone={SERVICE[props.service.state][0]}>
    {props.service.is_draining ? 'Finishing requests' : SERVICE[props.service.state][1]}
  </Badge>
)

/** The state of the way to a host. */
export const HostBadge = (props: { host: HostView }) => (
  <Badge tone={HOST[props.host.state][0]}>{HOST[props.host.state][1]}</Badge>
)

/** The state of a job. */
export const JobBadge = (props: { job: JobView }) => (
  <Badge tone={JOB[props.job.state][0]}>
    {props.job.is_cancelling && props.job.ended_at === null
      ? 'Cancelling'
      : JOB[props.job.state][1]}
  </Badge>
)

const SERVICE: Record<ServiceView['state'], [Tone, string]> = {
  up: ['good', 'Up'],
  busy: ['busy', 'Busy'],
  starting: ['wait', 'Starting'],
  idle: ['idle', 'Idle'],
  down: ['bad', 'Down'],
  unknown: ['unknown', 'Unknown'],
}

const HOST: Record<HostView['state'], [Tone, string]> = {
  ok: ['good', 'Connected'],
  none: ['idle', 'HTTP only'],
  connecting: ['wait', 'Connecting'],
  key_unknown: ['busy', 'Not yet trusted'],
  key_changed: ['bad', 'Key changed'],
  denied: ['bad', 'Refuses the key'],
  unreachable: ['bad', 'Not reachable'],
}

const JOB: Record<JobView['state'], [Tone, string]> = {
  queued: ['wait', 'Queued'],
  running: ['wait', 'Running'],
  succeeded: ['good', 'Done'],
  failed: ['bad', 'Failed'],
  cancelled: ['idle', 'Cancelled'],
}
