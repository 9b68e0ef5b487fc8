import type { HostView, ServiceView } from '../views.ts'
import type { MetricFamily, MetricSample } from './family.ts'

const STATES = ['up', 'busy', 'starting', 'idle', 'down', 'unknown'] as const
type Labels = Readonly<Record<string, string>>

/** Services as their last probe left them. `dropped`: samples of theirs that were left out. */
export function readServices(
  services: readonly ServiceView[],
  dropped: ReadonlyMap<string, number>,
): MetricFamily[] {
  const each = (read: (view: ServiceView) => Reading) => samplesOf(services, labelsOf, read)
  return [
    gauge('service_up', '1 when the last probe found it up, busy or idle', [
      ...each(({ state }) => Number(state === 'up' || state === 'busy' || state === 'idle')),
    ]),
    gauge(
      'service_state',
      '1 for the state it is in, 0 for the others',
      STATES.flatMap((state) =>
        samplesOf(
          services,
          (view) => ({ ...labelsOf(view), state }),
          (view) => Number(view.state === state),
        ),
      ),
    ),
    gauge(
      'service_checked_timestamp_seconds',
      'when its last probe ended',
      each(({ checked_at }) => checked_at && Date.parse(checked_at) / 1000),
    ),
    gauge(
      'requests_in_flight',
      'requests being handed through now',
      each(({ in_flight }) => in_flight),
    ),
    gauge(
      'service_samples_dropped',
      'samples of its own metrics that were left out: too many, or malformed',
      each(({ id }) => dropped.get(id) ?? 0),
    ),
  ]
}

/** Hosts as their last poll over SSH left them; what is not known is left out. */
export function readHosts(hosts: readonly HostView[]): MetricFamily[] {
  const each = (read: (view: HostView) => Reading) =>
    samplesOf(hosts, ({ id }) => ({ host: id }), read)
  return [
    gauge(
      'host_reachable',
      '1 when the host answered its last poll',
      each(({ state }) => Number(state === 'ok')),
    ),
    gauge(
      'host_checked_timestamp_seconds',
      'when the figures of the host were read',
      each(({ checked_at }) => checked_at && Date.parse(checked_at) / 1000),
    ),
    gauge(
      'host_round_trip_seconds',
      'time of the last poll over SSH',
      each(({ round_trip_ms }) => round_trip_ms && round_trip_ms / 1000),
    ),
    gauge(
      'host_memory_available_bytes',
      'MemAvailable of the host',
      each(({ figures }) => figures?.memory?.available_bytes),
    ),
    gauge(
      'host_memory_total_bytes',
      'MemTotal of the host',
      each(({ figures }) => figures?.memory?.total_bytes),
    ),
    gauge(
      'host_load1',
      'load of the last minute',
      each(({ figures }) => figures?.load1),
    ),
    gauge('host_disk_free_bytes', 'free bytes where models lie', readDisks(hosts)),
    ...readGpus(hosts),
  ]
}

const readDisks = (hosts: readonly HostView[]): MetricSample[] =>
  hosts.flatMap(({ id, figures }) =>
    (figures?.disks ?? []).map(({ path, free_bytes }) => ({
      labels: { host: id, path },
      value: free_bytes,
    })),
  )

function readGpus(hosts: readonly HostView[]): MetricFamily[] {
  const gpus = hosts.flatMap(({ id, figures }) =>
    (figures?.gpus ?? []).map((gpu) => ({ host: id, ...gpu })),
  )
  const each = (read: (gpu: (typeof gpus)[number]) => Reading) =>
    samplesOf(gpus, ({ host, index }) => ({ host, gpu: String(index) }), read)
  return [
    gauge(
      'host_gpu_utilization_ratio',
      'how busy the GPU is, 0 to 1',
      each(({ utilization_percent }) => utilization_percent && utilization_percent / 100),
    ),
    gauge(
      'host_gpu_temperature_celsius',
      'temperature of the GPU',
      each(({ temperature_c }) => temperature_c),
    ),
    gauge(
      'host_gpu_power_watts',
      'what the GPU draws',
      each(({ power_w }) => power_w),
    ),
  ]
}

/** null and undefined: not known, so no sample. */
type Reading = number | null | undefined | ''

function samplesOf<T>(
  things: readonly T[],
  labels: (thing: T) => Labels,
  read: (thing: T) => Reading,
): MetricSample[] {
  return things.flatMap((thing) => {
    const value = read(thing)
    return typeof value === 'number' ? [{ labels: labels(thing), value }] : []
  })
}

const labelsOf = ({ id, kind, host }: ServiceView): Labels => ({
  service: id,
  kind,
  ...(host !== null && { host }),
})

const gauge = (name: string, help: string, samples: MetricSample[]): MetricFamily => ({
  name: `spark_control_${name}`,
  type: 'gauge',
  help,
  samples,
})
