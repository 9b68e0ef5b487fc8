import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { HostView, JobView, ServiceView } from '../views.ts'

/** What the gauges read at each scrape. */
export interface MetricsSource {
  services(): ServiceView[]
  hosts(): HostView[]
  activeJobs(): JobView[]
}

/** The registry behind GET /metrics. Everything is read when asked for; nothing runs in between. */
export function createMetrics(source: MetricsSource): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register, prefix: 'spark_control_' })
  const gauge = (name: string, help: string, labels: string[], read: () => Sample[]): void => {
    new Gauge({
      name: `spark_control_${name}`,
      help,
      labelNames: labels,
      registers: [register],
      collect() {
        this.reset()
        for (const { labels, value } of read()) this.set(labels, value)
      },
    })
  }
  gauge('service_up', '1 when the last probe found it up, busy or idle', ['service', 'kind'], () =>
    source.services().map(({ id, kind, state }) => ({
      labels: { service: id, kind },
      value: state === 'up' || state === 'busy' || state === 'idle' ? 1 : 0,
    })),
  )
  gauge('requests_in_flight', 'requests being handed through now', ['service'], () =>
    source.services().map(({ id, in_flight }) => ({ labels: { service: id }, value: in_flight })),
  )
  gauge('host_reachable', '1 when the host answered its last poll', ['host'], () =>
    source
      .hosts()
      .map(({ id, state }) => ({ labels: { host: id }, value: state === 'ok' ? 1 : 0 })),
  )
  gauge('host_round_trip_seconds', 'time of the last poll over SSH', ['host'], () =>
    source
      .hosts()
      .flatMap(({ id, round_trip_ms }) =>
        round_trip_ms === null ? [] : [{ labels: { host: id }, value: round_trip_ms / 1000 }],
      ),
  )
  gauge('host_memory_available_bytes', 'MemAvailable of the host', ['host'], () =>
    source
      .hosts()
      .flatMap(({ id, figures }) =>
        figures?.memory ? [{ labels: { host: id }, value: figures.memory.available_bytes }] : [],
      ),
  )
  gauge('jobs_active', 'jobs queued or running', [], () => [
    { labels: {}, value: source.activeJobs().length },
  ])
  return register
}

interface Sample {
  labels: Record<string, string>
  value: number
}
