import { describe, expect, it } from 'vitest'
import { ControlError, type MetricFamily, type Upstream } from '#core'
import { gaugesOf, readFamilies, readPage, sumOf } from './engine-metrics.ts'
import { readLines } from './metric-lines.ts'

const M = 'engine="0",model_name="m"'
const page = (...lines: string[]) => readFamilies(lines.join('\n'))
const namesOf = (families: MetricFamily[]) => families.map(({ name }) => name)

describe('the metrics of an engine', () => {
  it('are taken by exact name, with the labels that are known', () => {
    const families = page(
      '# TYPE vllm:generation_tokens_total counter',
      `vllm:generation_tokens_total{${M},pid="7"} 3.0`,
      '# TYPE vllm:generation_tokens_created gauge',
      `vllm:generation_tokens_created{${M}} 1.7e9`,
      `vllm:request_success_total{${M},finished_reason="stop"} 2.0`,
      'python_gc_objects_collected_total{generation="0"} 9.0',
    )
    expect(families).toEqual([
      expect.objectContaining({
        name: 'vllm:generation_tokens_total',
        type: 'counter',
        samples: [{ labels: { engine: '0', model_name: 'm' }, value: 3 }],
      }),
      expect.objectContaining({
        name: 'vllm:request_success_total',
        samples: [{ labels: { engine: '0', model_name: 'm', finished_reason: 'stop' }, value: 2 }],
      }),
    ])
  })

  it('are those of the present names where both stand there', () => {
    const old = `vllm:gpu_cache_usage_perc{${M}} 0.25`
    expect(gaugesOf(page(old))).toEqual({ cachePercent: 25 })
    expect(namesOf(page(old))).toEqual(['vllm:kv_cache_usage_perc'])
    expect(gaugesOf(page(old, `vllm:kv_cache_usage_perc{${M}} 0.5`))).toEqual({ cachePercent: 50 })
  })

  it('are joined where they differ in a label nobody knows', () => {
    const families = page(
      `vllm:generation_tokens_total{${M},shard="a"} 3`,
      `vllm:generation_tokens_total{${M},shard="b"} 4`,
      `vllm:kv_cache_usage_perc{${M},shard="a"} 0.5`,
      `vllm:kv_cache_usage_perc{${M},shard="b"} 0.25`,
    )
    expect(sumOf(families, 'vllm:generation_tokens_total')).toBe(7)
    expect(sumOf(families, 'vllm:kv_cache_usage_perc')).toBe(0.5)
  })

  it('are absent, not 0, where the engine has none', () => {
    expect(page('vllm:num_requests_running NaN', 'vllm:num_requests_waiting +Inf')).toEqual([])
    expect(sumOf(page(), 'vllm:generation_tokens_total')).toBeUndefined()
  })

  it('have a histogram whole or not at all', () => {
    const name = 'vllm:time_per_output_token_seconds'
    const half = [`${name}_bucket{${M},le="0.5"} 1`, `${name}_count{${M}} 2`, `${name}_sum{${M}} 1`]
    expect(page(...half)).toEqual([])
    const last = `${name}_bucket{${M},le="+Inf"} 2`
    const stray = `${name}_bucket{${M},le="nonsense"} 2`
    const [family] = page(...half, last, stray, `${name}_count{engine="1"} 5`)
    expect(family?.name).toBe('vllm:inter_token_latency_seconds')
    expect(family?.samples.map(({ suffix, labels }) => [suffix, labels.le])).toEqual([
      ['_bucket', '0.5'],
      ['_bucket', '+Inf'],
      ['_sum', undefined],
      ['_count', undefined],
    ])
  })
})

describe('the lines of a page', () => {
  const read = (text: string) => readLines(text, () => true)
  const labelsOf = (text: string) => Object.fromEntries(read(text)[0]?.labels ?? [])

  it('may have anything in the value of a label', () => {
    expect(labelsOf('a{x="} 1",y="q\\"u\\\\o\\nte" , z="ü",} 2')).toEqual({
      ...{ x: '} 1', y: 'q"u\\o\nte', z: 'ü' },
    })
    expect(read('a{x="y"} 2 1395066363000\r')).toMatchObject([{ name: 'a', value: 2 }])
  })

  it.each(['a', 'a{', 'a{x} 1', 'a{x="y} 1', 'a{x=y} 1', 'a{x="y""z"} 1', 'a 1 2 3', '{x="y"} 1'])(
    'that are malformed are passed over: %s',
    (line) => {
      expect(read(`${line}\nb 1`).map(({ name }) => name)).toEqual(['b'])
    },
  )

  it('are bounded in length and number', () => {
    expect(read(`a{x="${'x'.repeat(5000)}"} 1\nb 1`)).toHaveLength(1)
    expect(read('a 1\n'.repeat(6000))).toHaveLength(5000)
  })

  it('cost no more than their length, whatever they are made of', () => {
    const pieces = ['}', '} ', ' ', '"', '\\', '\\"', 'x="', 'x="",', '{', ' 1', '1'.repeat(9)]
    for (const piece of pieces)
      for (const begin of ['a{', 'a{x="', 'a ', ''])
        expect(
          read(`${`${(begin + piece.repeat(4096)).slice(0, 4095)}\n`.repeat(100)}b 1`),
        ).toContainEqual(expect.objectContaining({ name: 'b' }))
  })
})

describe('an engine that is asked for its metrics', () => {
  const signal = new AbortController().signal
  const upstream = (status: number, text: string) =>
    ({ request: async () => ({ status, body: Buffer.from(text) }) }) as unknown as Upstream

  it('has none when it answers anything else, or too much, or not at all', async () => {
    expect(await readPage(upstream(404, 'vllm:num_requests_running 1'), signal)).toEqual([])
    expect(await readPage(upstream(200, '<html>'), signal)).toEqual([])
    const broken = {
      request: async () => {
        throw new ControlError('UPSTREAM_FAILED', 'answered more than 2097152 bytes')
      },
    } as unknown as Upstream
    expect(await readPage(broken, signal)).toEqual([])
  })
})
