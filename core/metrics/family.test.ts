import { describe, expect, it } from 'vitest'
import { MAX_SAMPLES, type MetricFamily, type MetricSample, mergeFamilies } from './family.ts'

const gauge = (name: string, ...samples: MetricSample[]): MetricFamily => ({
  ...{ name, type: 'gauge', help: 'x', samples },
})
const of = (service: string, ...families: MetricFamily[]) => ({
  service,
  host: 'spark-1',
  families,
})

describe('the metrics of several services', () => {
  it('stand under one name, each sample with its service and host', () => {
    const { families } = mergeFamilies([
      of('llm', gauge('a', { labels: { model: 'm' }, value: 1 })),
      { ...of('llm-2', gauge('a', { labels: {}, value: 2 })), host: null },
    ])
    expect(families).toHaveLength(1)
    expect(families[0]?.samples).toEqual([
      { labels: { host: 'spark-1', model: 'm', service: 'llm' }, value: 1 },
      { labels: { service: 'llm-2' }, value: 2 },
    ])
  })

  it('cannot pass for those of another service, or of the core', () => {
    const { families, dropped } = mergeFamilies([
      of(
        'llm',
        gauge('a', { labels: { service: 'other', host: 'other' }, value: 1 }),
        gauge('spark_control_service_up', { labels: {}, value: 0 }),
      ),
    ])
    expect(families.map(({ name }) => name)).toEqual(['a'])
    expect(families[0]?.samples[0]?.labels).toEqual({ host: 'spark-1', service: 'llm' })
    expect(dropped.get('llm')).toBe(1)
    const given = gauge('a', { labels: { host: 'spark-1' }, value: 1 })
    const [byUrl] = mergeFamilies([{ ...of('odd', given), host: null }]).families
    expect(byUrl?.samples[0]?.labels).toEqual({ service: 'odd' })
  })

  it.each([
    ['a family of another type', { ...gauge('a', { labels: {}, value: 1 }), type: 'counter' }],
    ['a name that is none', gauge('a b', { labels: {}, value: 1 })],
    ['a label that is none', gauge('b', { labels: { 'a="': '' }, value: 1 })],
    ['a label that is reserved', gauge('b', { labels: { __name__: 'a' }, value: 1 })],
    ['a label of any length', gauge('b', { labels: { x: 'x'.repeat(301) }, value: 1 })],
    ['a value that is none', gauge('b', { labels: {}, value: Number.NaN })],
    ['a part of a histogram', gauge('b', { suffix: '_sum', labels: {}, value: 1 })],
    ['a bucket without a bound', { ...gauge('h', { labels: {}, value: 1 }), type: 'histogram' }],
  ] as [string, MetricFamily][])('leave out %s, and count it', (_, family) => {
    const { families, dropped } = mergeFamilies([
      of('llm', gauge('a', { labels: {}, value: 1 })),
      of('llm-2', family),
    ])
    expect(families.map(({ name }) => name)).toEqual(['a'])
    expect(families[0]?.samples).toHaveLength(1)
    expect([dropped.get('llm'), dropped.get('llm-2')]).toEqual([0, 1])
  })

  it('have no series twice, and no control characters', () => {
    const { families } = mergeFamilies([
      of(
        'llm',
        gauge('a', { labels: { x: 'a\r\nb' }, value: 1 }, { labels: { x: 'a\r\nb' }, value: 2 }),
      ),
    ])
    expect(families[0]?.samples).toEqual([
      { labels: { host: 'spark-1', service: 'llm', x: 'a  b' }, value: 1 },
    ])
  })

  it('are bounded for each service', () => {
    const samples = Array.from({ length: MAX_SAMPLES + 5 }, (_, n) => ({
      ...{ labels: { n: String(n) }, value: n },
    }))
    const { families, dropped } = mergeFamilies([
      of('llm', gauge('a', ...samples)),
      of('llm-2', gauge('a', { labels: {}, value: 1 })),
    ])
    expect(families[0]?.samples).toHaveLength(MAX_SAMPLES + 1)
    expect(dropped.get('llm')).toBe(5)
  })
})
