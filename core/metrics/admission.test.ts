import { expect, it } from 'vitest'
import type { ServiceView } from '../views.ts'
import { readAdmission } from './admission.ts'

it('only services with a limit are counted, each outcome by itself', () => {
  const admission = {
    ...{ concurrency: 2, queue: 8, waiting: 3, admitted_total: 40, refused_total: 5 },
    ...{ expired_total: 1, left_total: 2, waited_seconds_total: 12.5 },
  }
  const families = readAdmission([
    { id: 'asr', kind: 'lamp', host: 'spark-2', admission },
    { id: 'llm', kind: 'lamp', host: null },
  ] as ServiceView[])
  const samples = families.flatMap(({ name, samples }) =>
    samples.map(({ labels: { service, host, outcome }, value }) =>
      [name.replace('spark_control_admission_', ''), service, host, outcome, value].join(' '),
    ),
  )
  expect(samples).toEqual([
    'concurrency asr spark-2  2',
    'waiting asr spark-2  3',
    'requests_total asr spark-2 admitted 40',
    'requests_total asr spark-2 refused 5',
    'requests_total asr spark-2 expired 1',
    'requests_total asr spark-2 left 2',
    'waited_seconds_total asr spark-2  12.5',
  ])
})
