import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import type { HostView, JobView, ServiceView } from '../views.ts'
import { readAdmission } from './admission.ts'
import { type Contribution, type MetricFamily, mergeFamilies } from './family.ts'
import { readHosts, readServices } from './readings.ts'

/** What is read at each request for /metrics. */
export interface MetricsSource {
  services(): ServiceView[]
  hosts(): HostView[]
  activeJobs(): JobView[]
  /** What the running services contribute, as their last probe left it. */
  contributions(): Contribution[]
  /** What was counted as it happened. */
  counted: Registry
}

/** GET /metrics, in Prometheus' text format. */
export interface Metrics {
  readonly contentType: string
  /** Asks nobody: not a service, not a host. */
  print(): Promise<string>
}

/** Everything there is to measure, put together when it is asked for; nothing runs in between. */
export function createMetrics(source: MetricsSource): Metrics {
  const own = new Registry()
  collectDefaultMetrics({ register: own, prefix: 'spark_control_' })
  return {
    contentType: own.contentType,
    async print() {
      const { families, dropped } = mergeFamilies(source.contributions())
      const read = new Registry()
      for (const family of [
        ...readServices(source.services(), dropped),
        ...readAdmission(source.services()),
        ...readHosts(source.hosts()),
        readJobs(source.activeJobs()),
        ...families,
      ])
        read.registerMetric(asMetric(family))
      return Registry.merge([own, source.counted, read]).metrics()
    },
  }
}

const readJobs = (active: readonly JobView[]): MetricFamily => ({
  name: 'spark_control_jobs_active',
  type: 'gauge',
  help: 'jobs queued or running',
  samples: [{ labels: {}, value: active.length }],
})

/** As prom-client wants it for printing, escaping included. */
function asMetric({ name, type, help, samples }: MetricFamily): Metric {
  const values = samples.map(({ suffix = '', labels, value }) => ({
    metricName: name + suffix,
    labels,
    value,
  }))
  const metric = { name, get: async () => ({ name, type, help, values, aggregator: 'sum' }) }
  // Its printing asks for no more than this, whatever its types say of classes.
  return metric as unknown as Metric
}
