import { describe, expect, it } from 'vitest'
import { cacheBytes, hybridBlocks, hybridCapacity, longestSequence } from './hybrid-blocks.ts'
import type { Layout } from './layout.ts'

const GIB = 2 ** 30

/** Qwen3.5 and 3.6: gated delta layers, every fourth one full attention. */
const qwen = (full: number, kvHeads: number, valueHeads: number): Layout => ({
  groups: [
    {
      ...{ kind: 'gdn', count: full * 3, convKernel: 4, stateElementBytes: 4 },
      ...{ convWidth: 2 * 16 * 128 + valueHeads * 128, stateElements: valueHeads * 128 * 128 },
    },
    { kind: 'full', count: full, kvHeads, keyDim: 256, valueDim: 256 },
  ],
})

describe('the blocks of a hybrid model, as vLLM logged them', () => {
  it('122B in bf16 with 17.36 GiB: 361 blocks, 188,640 tokens, 5.23 sequences of 131,072', () => {
    const layout = qwen(12, 2, 64)
    const found = hybridCapacity(layout, 17.36 * GIB, 131_072, { elementBytes: 2 })
    expect(found?.blocks).toBe(361)
    expect(found?.reportedTokens).toBe(188_640)
    expect(found?.concurrency.toFixed(2)).toBe('5.23')
  })

  it('35B in fp8 with two drafted tokens and 52.66 GiB: 1,253,392 tokens', () => {
    const options = { elementBytes: 1, draftTokens: 2, draftLayers: 1 } as const
    const found = hybridCapacity(qwen(10, 2, 32), 52.66 * GIB, 262_144, options)
    expect(found?.reportedTokens).toBe(1_253_392)
  })

  it('27B in bf16: attention block size 784, padded by 0.13 %', () => {
    const found = hybridBlocks(qwen(16, 4, 48), { elementBytes: 2 })
    expect(found?.blockTokens).toBe(784)
    expect(found?.paddingPercent.toFixed(2)).toBe('0.13')
  })
})

describe('the longest sequence', () => {
  const dense: Layout = {
    groups: [{ kind: 'full', count: 2, kvHeads: 1, keyDim: 1, valueDim: 1 }],
  }

  it('is the last that still fits, and never longer than the model allows', () => {
    expect(longestSequence(dense, 399, 1000, { elementBytes: 1 })).toBe(99)
    expect(longestSequence(dense, 400, 1000, { elementBytes: 1 })).toBe(100)
    expect(longestSequence(dense, 4000, 50, { elementBytes: 1 })).toBe(50)
    expect(longestSequence(dense, 3, 50, { elementBytes: 1 })).toBe(0)
  })

  it('takes whole blocks of a hybrid model', () => {
    const layout = qwen(12, 2, 64)
    const options = { elementBytes: 2 } as const
    const tokens = longestSequence(layout, 2 * GIB, 262_144, options)
    expect(cacheBytes(layout, tokens, options)).toBeLessThanOrEqual(2 * GIB)
    expect(cacheBytes(layout, tokens + 1, options)).toBeGreaterThan(2 * GIB)
    expect(tokens % 2096).toBe(0)
  })

  it('a drafting head counts as one more layer', () => {
    expect(cacheBytes(dense, 10, { elementBytes: 1, draftLayers: 1 })).toBe(60)
  })
})
