import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { LiveService } from '../services.ts'
import { parseMetricsPage } from '../testing/parse-metrics.ts'
import type { HostView, JobView, ServiceView } from '../views.ts'
import { contributionsOf } from './contributions.ts'
import type { Contribution, MetricFamily } from './family.ts'
import { areaOf, createMeters } from './meters.ts'
import { createMetrics } from './metrics.ts'

const service = (id: string, fields: Partial<ServiceView> = {}) =>
  ({ id, kind: 'lamp', host: 'spark-1', state: 'up', in_flight: 0, ...fields }) as ServiceView
const GPU = { index: 0, name: 'GB10', utilization_percent: 0, temperature_c: null, power_w: 41 }
const hosts = [
  {
    id: 'spark-1',
    state: 'ok',
    checked_at: '2026-11-24T12:00:00.000Z',
    round_trip_ms: 12,
    figures: {
      load1: null,
      memory: { available_bytes: 5, total_bytes: 9 },
      disks: [{ path: '/srv/"models"\\hf', total_bytes: 9, free_bytes: 3 }],
      gpus: [GPU],
    },
  },
  { id: 'spark-2', state: 'unreachable', checked_at: null, round_trip_ms: null, figures: null },
] as unknown as HostView[]

async function page(parts: { services?: ServiceView[]; contributions?: Contribution[] } = {}) {
  const meters = createMeters()
  const metrics = createMetrics({
    services: () => parts.services ?? [],
    hosts: () => hosts,
    activeJobs: () => [],
    contributions: () => parts.contributions ?? [],
    counted: meters.register,
  })
  return { meters, read: async () => parseMetricsPage(await metrics.print()), metrics }
}

const HISTOGRAM: MetricFamily = {
  name: 'lamp:wait_seconds',
  type: 'histogram',
  help: 'Seconds\nof waiting \\ more',
  samples: [
    { suffix: '_bucket', labels: { le: '1.0' }, value: 1 },
    { suffix: '_bucket', labels: { le: '+Inf' }, value: 2 },
    { suffix: '_sum', labels: {}, value: 3.5 },
    { suffix: '_count', labels: {}, value: 2 },
  ],
}

describe('the page of metrics', () => {
  it('says how services and hosts are, and leaves out what is not known', async () => {
    const { read, metrics } = await page({
      services: [
        service('llm', { checked_at: '2026-11-24T12:00:00.000Z', in_flight: 2 }),
        service('asr', { state: 'unknown', checked_at: null, host: null }),
      ],
    })
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    const { value, types } = await read()
    expect(value('spark_control_service_up', { service: 'llm', host: 'spark-1' })).toBe(1)
    expect(value('spark_control_service_up', { service: 'asr' })).toBe(0)
    expect(value('spark_control_service_state', { service: 'asr', state: 'unknown' })).toBe(1)
    expect(value('spark_control_service_state', { service: 'asr', state: 'down' })).toBe(0)
    expect(value('spark_control_requests_in_flight', { service: 'llm' })).toBe(2)
    const checked = 'spark_control_service_checked_timestamp_seconds'
    expect(value(checked, { service: 'llm' })).toBe(Date.UTC(2026, 10, 24, 12) / 1000)
    expect(value(checked, { service: 'asr' })).toBeUndefined()
    expect(value('spark_control_host_reachable', { host: 'spark-2' })).toBe(0)
    expect(value('spark_control_host_round_trip_seconds')).toBe(0.012)
    expect(value('spark_control_host_disk_free_bytes', { path: '/srv/"models"\\hf' })).toBe(3)
    expect(value('spark_control_host_gpu_utilization_ratio', { gpu: '0' })).toBe(0)
    expect(value('spark_control_host_gpu_power_watts', { gpu: '0' })).toBe(41)
    expect(value('spark_control_host_gpu_temperature_celsius')).toBeUndefined()
    expect(value('spark_control_host_load1')).toBeUndefined()
    expect(types.get('spark_control_process_resident_memory_bytes')).toBe('gauge')
  })

  it('has the metrics of all services under one family each', async () => {
    const { read } = await page({
      contributions: [
        { service: 'llm', host: 'spark-1', families: [HISTOGRAM] },
        { service: 'llm-2', host: 'spark-2', families: [HISTOGRAM] },
      ],
    })
    const { types, value, series } = await read()
    expect(types.get('lamp:wait_seconds')).toBe('histogram')
    expect(value('lamp:wait_seconds_sum', { service: 'llm-2', host: 'spark-2' })).toBe(3.5)
    expect(value('lamp:wait_seconds_bucket', { service: 'llm', le: '+Inf' })).toBe(2)
    expect(series.filter(({ name }) => name.startsWith('lamp:'))).toHaveLength(8)
  })

  it('stays whole whatever a service says', async () => {
    const evil = '"} 1\nspark_control_service_up{service="llm"} 0\n# TYPE x gauge'
    const { read } = await page({
      services: [service('llm'), service(evil)],
      contributions: [
        {
          service: 'llm',
          host: 'spark-1',
          families: [
            { ...HISTOGRAM, name: evil },
            {
              ...{ name: 'lamp:up', type: 'gauge', help: evil },
              samples: [
                { labels: { model: evil }, value: 7 },
                { labels: { [evil]: 'x' }, value: 8 },
              ],
            },
          ],
        },
      ],
    })
    const { value, series } = await read()
    expect(value('spark_control_service_up', { service: 'llm' })).toBe(1)
    expect(value('lamp:up', { model: evil.replaceAll('\n', ' ') })).toBe(7)
    expect(series.filter(({ name }) => name === 'lamp:up')).toHaveLength(1)
    expect(value('spark_control_service_samples_dropped', { service: 'llm' })).toBe(5)
  })

  it('counts requests by the part of the controller and how they ended', async () => {
    const { meters, read } = await page()
    const request = (url: string, statusCode: number | null) => {
      const res = Object.assign(new EventEmitter(), {
        headersSent: statusCode !== null,
        statusCode,
      })
      meters.request({ url, method: 'POST' } as IncomingMessage, res as unknown as ServerResponse)
      res.emit('close')
    }
    for (const status of [200, 200, 404, null]) request('/v1/chat/completions', status)
    request('/api/events?lines=all', 200)
    const { value } = await read()
    const requests = (labels: Record<string, string>) =>
      value('spark_control_http_requests_total', labels)
    expect(requests({ area: 'v1', method: 'POST', status: '200' })).toBe(2)
    expect(requests({ area: 'v1', status: '404' })).toBe(1)
    expect(requests({ area: 'v1', status: 'none' })).toBe(1)
    const seconds = 'spark_control_http_request_duration_seconds_count'
    expect(value(seconds, { area: 'v1' })).toBe(4)
    expect(value(seconds, { area: 'events' })).toBeUndefined()
  })

  it('has how long jobs and probes took', async () => {
    const { meters, read } = await page()
    const job = {
      ...{ kind: 'lamp.swap', service: 'llm', state: 'succeeded' },
      started_at: '2026-11-24T12:00:00.000Z',
      ended_at: '2026-11-24T12:03:50.000Z',
    } as JobView
    meters.jobEnded(job)
    meters.jobEnded({ ...job, started_at: null, state: 'cancelled' })
    meters.looked('llm', 'answered', 0.02)
    const { value } = await read()
    const sum = 'spark_control_job_duration_seconds_sum'
    expect(value(sum, { kind: 'lamp.swap', service: 'llm', state: 'succeeded' })).toBe(230)
    expect(value(sum, { state: 'cancelled' })).toBeUndefined()
    const looks = { service: 'llm', outcome: 'answered' }
    expect(value('spark_control_probe_duration_seconds_count', looks)).toBe(1)
  })
})

it.each([
  ['/v1/chat/completions?x=1', 'v1'],
  ['/api/jobs/7/log', 'events'],
  ['/api/services/llm/logs?tail=1', 'events'],
  ['/api/events', 'events'],
  ['/api/eventsx', 'api'],
  ['/api', 'api'],
  ['/metrics', 'metrics'],
  ['/', 'dashboard'],
])('%s counts as %s', (url, area) => {
  expect(areaOf(url)).toBe(area)
})

it('a plugin whose metrics are none, or that throws, costs its own alone', () => {
  const live = (id: string, metrics?: () => unknown) =>
    ({ spec: { id }, running: { ...(metrics && { metrics }) } }) as unknown as LiveService
  const found = contributionsOf(
    [
      live('plain'),
      live('throws', () => {
        throw new Error('boom')
      }),
      live('odd', () => [{ name: 'a', type: 'gauge', help: 'x', samples: [{ value: 1 }] }]),
      live('good', () => []),
    ],
    pino({ level: 'silent' }),
  )
  expect(found).toEqual([{ service: 'good', host: null, families: [] }])
})
