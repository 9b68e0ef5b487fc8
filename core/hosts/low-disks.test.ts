import { expect, it } from 'vitest'
import { lowDisks } from './low-disks.ts'

const GIB = 1024 ** 3
const disk = (freeGib: number, totalGib = 1000) => ({
  path: '/data',
  total_bytes: totalGib * GIB,
  free_bytes: freeGib * GIB,
})
const isLow = (free: number, total = 1000, before: string[] = [], disk_low = '20g') =>
  lowDisks([disk(free, total)], before, { disk_low }).length === 1

it.each([
  ['less than the threshold', isLow(19.9), true],
  ['as much as the threshold', isLow(20), false],
  ['more than a tenth of a small disk', isLow(7, 64), false],
  ['less than a tenth of a small disk', isLow(6, 64), true],
  ['a little more, having been low', isLow(21.9, 1000, ['/data']), true],
  ['enough again', isLow(22, 1000, ['/data']), false],
  ['nothing, where nobody wants to know', isLow(0, 1000, [], 'off'), false],
  ['a threshold in mebibytes', isLow(0.4, 1000, [], '500m'), true],
])('a disk with %s', (_, is, expected) => {
  expect(is).toBe(expected)
})
