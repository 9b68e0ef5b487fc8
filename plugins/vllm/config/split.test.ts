import { expect, it } from 'vitest'
import type { Layout } from './layout.ts'
import { unevenHeads } from './split.ts'

const withKeys = (kvHeads: number): Layout => ({
  groups: [{ kind: 'full', count: 1, kvHeads, keyDim: 128, valueDim: 128 }],
})

it.each<[number | null, Layout | null, number, string | undefined]>([
  [32, withKeys(8), 2, undefined],
  [32, withKeys(2), 4, undefined],
  [24, withKeys(4), 8, undefined],
  [15, withKeys(5), 2, '15 heads'],
  [24, withKeys(4), 3, '4 key heads'],
  [
    128,
    { groups: [{ kind: 'mla', count: 1, latentDim: 512, ropeDim: 64, indexDim: null }] },
    4,
    undefined,
  ],
  [null, null, 4, undefined],
])('%s heads with %j in %i parts: %s', (heads, layout, parts, uneven) => {
  expect(unevenHeads({ heads, layout }, parts)).toBe(uneven)
})
