import type { AdmissionView } from '../admission/view.ts'
import type { ServiceView } from '../views.ts'
import type { MetricFamily, MetricSample } from './family.ts'

/** Those who wait, and what became of those who asked, of services with a limit. */
export function readAdmission(services: readonly ServiceView[]): MetricFamily[] {
  const each = (read: (admission: AdmissionView) => MetricSample[]): MetricSample[] =>
    services.flatMap(({ id, kind, host, admission }) =>
      (admission ? read(admission) : []).map(({ labels, value }) => ({
        labels: { service: id, kind, ...(host !== null && { host }), ...labels },
        value,
      })),
    )
  const one = (read: (admission: AdmissionView) => number) =>
    each((admission) => [{ labels: {}, value: read(admission) }])
  return [
    family('admission_concurrency', 'gauge', 'requests it is sent at the same time', [
      ...one(({ concurrency }) => concurrency),
    ]),
    family('admission_waiting', 'gauge', 'requests that wait for a place', [
      ...one(({ waiting }) => waiting),
    ]),
    family(
      'admission_requests_total',
      'counter',
      'requests by outcome: admitted, refused (queue full), expired (max_wait), left (by the caller)',
      each(({ admitted_total, refused_total, expired_total, left_total }) => [
        { labels: { outcome: 'admitted' }, value: admitted_total },
        { labels: { outcome: 'refused' }, value: refused_total },
        { labels: { outcome: 'expired' }, value: expired_total },
        { labels: { outcome: 'left' }, value: left_total },
      ]),
    ),
    family(
      'admission_waited_seconds_total',
      'counter',
      'how long admitted requests had waited, in all',
      one(({ waited_seconds_total }) => waited_seconds_total),
    ),
  ]
}

const family = (
  name: string,
  type: MetricFamily['type'],
  help: string,
  samples: MetricSample[],
): MetricFamily => ({ name: `spark_control_${name}`, type, help, samples })
