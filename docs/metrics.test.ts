import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createMeters } from '../core/metrics/meters.ts'
import { createMetrics } from '../core/metrics/metrics.ts'
import { parseMetricsPage } from '../core/testing/parse-metrics.ts'

it('names every metric of the core, and none that is not there', async () => {
  const metrics = createMetrics({
    services: () => [],
    hosts: () => [],
    activeJobs: () => [],
    contributions: () => [],
    counted: createMeters().register,
  })
  const { types } = parseMetricsPage(await metrics.print())
  const own = [...types.keys()].filter((name) => !/^spark_control_(nodejs|process)_/.test(name))
  const page = readFileSync(new URL('metrics.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(spark_control_\w+)`/gm)].map(([, name]) => name)
  expect(rows.sort()).toEqual(own.sort())
})
