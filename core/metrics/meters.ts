import type { IncomingMessage, ServerResponse } from 'node:http'
import { Counter, Histogram, Registry } from 'prom-client'
import type { JobView } from '../views.ts'

/** What is counted as it happens; the rest is read when somebody asks. */
export interface Meters {
  readonly register: Registry
  /** Counts a request when its answer has ended, in whatever way. */
  request(req: IncomingMessage, res: ServerResponse): void
  jobEnded(job: JobView): void
  /** One look of the prober: what came of it, and after how long. */
  looked(service: string, outcome: string, seconds: number): void
}

/** Counters and histograms at zero. They live as long as the controller. */
export function createMeters(): Meters {
  const register = new Registry()
  const registers = [register]
  const requests = new Counter({
    name: 'spark_control_http_requests_total',
    help: 'requests answered; status "none": the caller left before there was an answer',
    labelNames: ['area', 'method', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'spark_control_http_request_duration_seconds',
    help: 'from the head of a request to the end of its answer; streams of events are left out',
    labelNames: ['area'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200],
    registers,
  })
  const jobs = new Histogram({
    name: 'spark_control_job_duration_seconds',
    help: 'from the start of a job to its end; a swap is a job',
    labelNames: ['kind', 'service', 'state'],
    buckets: [1, 5, 15, 30, 60, 120, 240, 480, 960, 2400],
    registers,
  })
  const looks = new Histogram({
    name: 'spark_control_probe_duration_seconds',
    help: 'one look at a service; outcome: answered, late, refused, or blind (it could not look)',
    labelNames: ['service', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  return {
    register,
    request(req, res) {
      const startedAt = performance.now()
      res.once('close', () => {
        const area = areaOf(req.url ?? '')
        const status = res.headersSent ? String(res.statusCode) : 'none'
        requests.inc({ area, method: req.method ?? '', status })
        if (area !== 'events') durations.observe({ area }, (performance.now() - startedAt) / 1000)
      })
    },
    jobEnded({ kind, service, state, started_at, ended_at }) {
      // one that never began has no duration
      if (started_at === null || ended_at === null) return
      const seconds = (Date.parse(ended_at) - Date.parse(started_at)) / 1000
      jobs.observe({ kind, service: service ?? '', state }, seconds)
    },
    looked: (service, outcome, seconds) => looks.observe({ service, outcome }, seconds),
  }
}

/** The part of the controller a path belongs to; few, whatever is asked for. */
export function areaOf(url: string): 'v1' | 'api' | 'events' | 'metrics' | 'dashboard' {
  if (url.startsWith('/v1/')) return 'v1'
  if (/^\/api\/(events|jobs\/[^/]*\/log|services\/[^/]*\/logs)(\?|$)/.test(url)) return 'events'
  if (url.startsWith('/api')) return 'api'
  return url.startsWith('/metrics') ? 'metrics' : 'dashboard'
}
