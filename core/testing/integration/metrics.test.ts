import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobView, ServiceView } from '../../views.ts'
import { parseMetricsPage } from '../parse-metrics.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

const FIRST = 'Qwen/Qwen3.6-35B-A3B-FP8'
const SMALL = 'Qwen/Qwen3-4B-FP8'
const SOLO = 'nvidia/Gemma-4-26B-A4B-NVFP4'
const TOKENS = 'vllm:generation_tokens_total'
const FLOOD = 'vllm:spec_decode_num_draft_tokens_total'

/** An engine nobody should trust: what it says of itself, and how often it was asked for what. */
const engine = { health: 200, page: '', asked: {} as Record<string, number> }
const server = createServer((req, res) => {
  const path = req.url ?? ''
  engine.asked[path] = (engine.asked[path] ?? 0) + 1
  if (path === '/health') return res.writeHead(engine.health).end()
  if (path === '/metrics') return res.end(engine.page)
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ data: [{ id: 'Org/Odd', root: 'Org/Odd' }] }))
})
let cluster: TestCluster

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  cluster = await startTestCluster({
    topology: (yaml) => `${yaml}  odd:
    kind: vllm
    url: http://127.0.0.1:${port}
    manage: false
`,
  })
})
afterAll(async () => {
  await cluster?.close()
  server.close()
  server.closeAllConnections()
})

const service = async (id: string) => (await cluster.ask<ServiceView>(`/api/services/${id}`)).body
const read = async () => parseMetricsPage((await cluster.ask('/metrics')).text)
const asked = (path: string) => engine.asked[path] ?? 0
/** What the odd engine contributes. */
const ofOdd = async () =>
  (await read()).series.filter(
    ({ name, labels }) => name.startsWith('vllm:') && labels.service === 'odd',
  )
const looks = async (more: number) => {
  const before = asked('/health')
  await until(() => asked('/health') >= before + more, `${more} more looks`)
}

describe('GET /metrics', () => {
  it('has the engines beside the controller, each under its service, host and model', async () => {
    const { headers } = await cluster.ask('/metrics')
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const { value, types } = await until(async () => {
      const page = await read()
      return page.value(TOKENS, { service: 'llm-2' }) !== undefined && page
    }, 'the metrics of both engines')
    const first = { service: 'llm', host: 'spark-1', model: FIRST, engine: '0', model_name: FIRST }
    expect(value('vllm:num_requests_running', first)).toBe(0)
    expect(value('vllm:kv_cache_usage_perc', first)).toBe(0)
    expect(value(TOKENS, { service: 'llm-2', host: 'spark-2', model: SMALL })).toBeDefined()
    expect(types.get(TOKENS)).toBe('counter')
    expect(types.get('vllm:time_to_first_token_seconds')).toBe('histogram')
    expect(types.has('vllm:cache_config_info')).toBe(false)
    expect(value('spark_control_service_up', { service: 'llm', kind: 'vllm' })).toBe(1)
    expect(value('spark_control_host_reachable', { host: 'spark-2' })).toBe(1)
    const looks = { service: 'llm', outcome: 'answered' }
    expect(value('spark_control_probe_duration_seconds_count', looks)).toBeGreaterThan(0)
    const metrics = { area: 'metrics', method: 'GET', status: '200' }
    expect(value('spark_control_http_requests_total', metrics)).toBeGreaterThan(0)
  })

  it('asks no engine, so a scrape keeps none awake', async () => {
    await looks(1)
    for (let n = 0; n < 100; n++) expect((await cluster.ask('/metrics')).status).toBe(200)
    await looks(1)
    // The probe alone asks, and nothing that a model would have to answer.
    expect(asked('/metrics')).toBeLessThanOrEqual(asked('/health'))
    expect(Object.keys(engine.asked).sort()).toEqual(['/health', '/metrics', '/v1/models'])
    expect((await service('odd')).in_flight).toBe(0)
    expect((await read()).value('spark_control_requests_in_flight', { service: 'odd' })).toBe(0)
  })

  it('is one that Prometheus takes, whatever an engine says', async () => {
    const name = 'a\\"}\\\\ 9\\nspark_control_service_up{service=\\"llm\\"} 0'
    engine.page = [
      `${TOKENS}{engine="0",model_name="${name}"} 5`,
      `${TOKENS}{engine="0",model_name="${name}"} 6`,
      `${TOKENS}{engine="0",model_name="${'x'.repeat(2000)}"} 6`,
      `${TOKENS}{service="llm",host="spark-1"} 7`,
      '# TYPE vllm:num_requests_running histogram',
      'vllm:num_requests_running{le="} 1',
      'vllm:num_requests_running 1e999',
      'spark_control_service_up{service="llm"} 0',
      'vllm:made_up_total 1',
      `vllm:request_success_total{finished_reason="x"} ${'9'.repeat(3000)}`,
      ...Array.from({ length: 20_000 }, (_, n) => `${FLOOD}{engine="${n}"} 1`),
    ].join('\n')
    const page = await until(async () => {
      const page = await read()
      const services = [{ service: 'odd', engine: '0' }, { service: 'llm' }, { service: 'llm-2' }]
      return services.every((labels) => page.value(TOKENS, labels) !== undefined) && page
    }, 'what all engines say')
    const odd = page.series.filter(
      ({ name, labels }) => name.startsWith('vllm:') && labels.service === 'odd',
    )
    const spoken = 'a"}\\ 9 spark_control_service_up{service="llm"} 0'
    expect(page.value(TOKENS, { service: 'odd', model_name: spoken })).toBe(11)
    expect(odd.filter(({ name }) => name === TOKENS)).toHaveLength(2)
    expect(odd.map(({ labels }) => labels.host).filter(Boolean)).toEqual([])
    expect(page.value('spark_control_service_up', { service: 'llm' })).toBe(1)
    expect(page.types.has('vllm:made_up_total')).toBe(false)
    expect(page.types.get('vllm:num_requests_running')).toBe('gauge')
    expect(odd.length).toBeLessThanOrEqual(4_000)
    const left = page.value('spark_control_service_samples_dropped', { service: 'odd' })
    expect(left).toBeGreaterThan(0)
  })

  it('does not have an engine whose page is too large, and the service is well all the same', async () => {
    engine.page = `${TOKENS} 1\n`.repeat(200_000)
    await until(async () => (await ofOdd()).length === 0, 'a page without the engine')
    expect(await service('odd')).toMatchObject({ state: 'up' })
  })

  it('asks an engine only while it serves', async () => {
    engine.page = `${TOKENS} 1\n`
    engine.health = 503
    await until(async () => (await service('odd')).state === 'down', 'an engine that is down')
    const before = asked('/metrics')
    await looks(3)
    expect(asked('/metrics')).toBe(before)
    expect(await ofOdd()).toEqual([])
  })

  it('has how long a swap took, and no metrics of a model that is gone', async () => {
    const { body } = await cluster.post<{ job: JobView }>('/api/swap', { model: SOLO })
    expect(await cluster.ended(body.job)).toMatchObject({ state: 'succeeded' })
    await until(async () => (await read()).value(TOKENS, { model: SOLO }) !== undefined, SOLO)
    const { value, series } = await read()
    const swap = { kind: 'vllm.swap', service: 'llm', state: 'succeeded' }
    expect(value('spark_control_job_duration_seconds_count', swap)).toBe(1)
    expect(value('spark_control_job_duration_seconds_sum', swap)).toBeGreaterThan(0)
    expect(series.filter(({ labels }) => labels.model === FIRST)).toEqual([])
  })
})

describe('the figures of an engine', () => {
  it('say how fast it writes and reads, and how long the first token takes', async () => {
    const ask = () =>
      cluster.post('/v1/chat/completions', {
        ...{ model: SMALL, messages: [{ role: 'user', content: 'Name three planets.' }] },
        max_tokens: 200,
      })
    const { figures } = await until(async () => {
      expect((await ask()).status).toBe(200)
      const found = await service('llm-2')
      return Number(found.figures.decode_tokens_per_s) > 0 && found
    }, 'a speed')
    expect(figures).toMatchObject({
      decode_tokens_per_s: expect.any(Number),
      prefill_tokens_per_s: expect.any(Number),
      first_token_s: expect.any(Number),
    })
  })
})
