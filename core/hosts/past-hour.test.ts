import { describe, expect, it } from 'vitest'
import type { HostFigures } from './figures.ts'
import { createPastHour } from './past-hour.ts'

const figures = (percent: number | null, watts: (number | null)[]): HostFigures => ({
  ...{ hostname: 'spark-1', uptime_s: 1, load1: 0, kernel: null, driver: null, disks: [] },
  memory: { is_unified: true, total_bytes: 100, available_bytes: 30, free_bytes: 10 },
  gpus: watts.map((power_w, index) => ({
    ...{ index, name: 'GPU', memory_total_bytes: null, memory_used_bytes: null, slowed_by: [] },
    ...{ utilization_percent: percent, temperature_c: 40 + index, power_w, clock_mhz: null },
  })),
  addresses: [],
})

describe('the last hour of a host', () => {
  it('has a value for each look, and a gap where it failed', () => {
    const past = createPastHour()
    past.add(1_000_000, figures(50, [10, null, 20]))
    past.add(1_005_000, null)
    past.add(1_010_000, figures(null, []))
    expect(past.view()).toEqual({
      at: [1000, 1005, 1010],
      memory_used_bytes: [70, null, 70],
      gpu_percent: [50, null, null],
      temperature_c: [42, null, null],
      power_w: [30, null, null],
    })
  })

  it('forgets what is older, and never grows without bound', () => {
    const past = createPastHour()
    for (let n = 0; n < 5000; n++) past.add(n * 5000, null)
    expect(past.view().at).toHaveLength(720)
    for (let n = 0; n < 5000; n++) past.add(25_000_000 + n, null)
    expect(past.view().at.length).toBeLessThanOrEqual(1500)
  })
})
