import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONFIGS } from '../testing/configs.ts'
import { type ConfigFacts, readFacts } from './config-facts.ts'
import {
  bytesPerToken,
  type Layout,
  sequenceBytes,
  stateBytesPerSequence,
  windowBytesPerToken,
} from './layout.ts'

const read = (config: object): ConfigFacts => {
  const facts = readFacts({ config: JSON.stringify(config), markers: ['template'] })
  if (!facts) throw new Error('unreadable')
  return facts
}
const layoutOf = (config: object): Layout => {
  const { layout } = read(config)
  if (!layout) throw new Error('no layout')
  return layout
}
const countsOf = ({ groups }: Layout) => {
  const counts: Record<string, number> = {}
  for (const { kind, count } of groups) counts[kind] = (counts[kind] ?? 0) + count
  return counts
}

const GQA = 4 * 256
const DELTA_STATE = (2 * 1024 + 2048) * 3 * 2 + 2048 * 128 * 4
const MAMBA_STATE = (2048 + 2 * 8 * 128) * 3 * 2 + 2048 * 128 * 4
const GRANITE_STATE = (2048 + 2 * 128) * 3 * 2 + 2048 * 128 * 2

describe('what layers keep', () => {
  it.each<[keyof typeof CONFIGS, Record<string, number>, number, number, number]>([
    ['dense', { full: 8 }, 8 * GQA, 0, 0],
    ['moe', { full: 8 }, 8 * GQA, 0, 0],
    ['delta', { gdn: 6, full: 2 }, 2 * GQA, 0, 6 * DELTA_STATE],
    ['windows', { window: 4, full: 2 }, 2 * 2 * 512, 4 * GQA, 0],
    ['sinks', { window: 4, full: 4 }, 4 * GQA, 4 * GQA, 0],
    ['latent', { mla: 8 }, 8 * 576, 0, 0],
    ['sparse', { mla: 8 }, 8 * (656 + 132), 0, 0],
    ['mamba', { mamba: 3, none: 3, full: 2 }, 2 * GQA, 0, 3 * MAMBA_STATE],
    ['mimo', { full: 2, window: 6 }, 2 * 4 * 320, 6 * 8 * 320, 0],
    ['kimi', { gdn: 6, mla: 2 }, 2 * 576, 0, 6 * (3 * 1024 * 3 * 2 + 1024 * 128 * 4)],
    ['puzzle', { full: 2, none: 1 }, (2 + 4) * 256, 0, 0],
    ['chunks', { chunk: 6, full: 2 }, 2 * GQA, 6 * GQA, 0],
    ['compressed', { mla: 8 }, 8 * 512, 0, 0],
    ['granite', { mamba: 3, full: 1 }, GQA, 0, 3 * GRANITE_STATE],
    ['encoder', { none: 8 }, 0, 0, 0],
  ])(
    '%s: layers, bytes a token, bytes in the window, state',
    (name, counts, token, inWindow, state) => {
      const layout = layoutOf(CONFIGS[name])
      const fp8 = { elementBytes: 1 } as const
      expect(countsOf(layout)).toEqual(counts)
      expect(bytesPerToken(layout, fp8)).toBe(token)
      expect(windowBytesPerToken(layout, fp8)).toBe(inWindow)
      expect(stateBytesPerSequence(layout, fp8)).toBe(state)
    },
  )

  it('sparse attention in bf16 keeps its index in fp8 beside the vector', () => {
    const layout = layoutOf(CONFIGS.sparse)
    expect(bytesPerToken(layout, { elementBytes: 2 })).toBe(8 * (576 * 2 + 132))
  })

  it('keeps of a window what is in it and what is being read in', () => {
    const layout = layoutOf(CONFIGS.windows)
    const bytes = (tokens: number) => sequenceBytes(layout, tokens, { elementBytes: 1 })
    expect(bytes(1000)).toBe(1000 * (2048 + 4096))
    expect(bytes(20_000)).toBe(20_000 * 2048 + (512 - 1 + 8192) * 4096)
    const chunks = layoutOf(CONFIGS.chunks)
    expect(sequenceBytes(chunks, 20_000, { elementBytes: 1, maxBatchedTokens: 2048 })).toBe(
      20_000 * 2048 + (8192 + 2048) * 6144,
    )
  })

  it('machines share heads and states, never the one vector of latent attention', () => {
    const on = (name: keyof typeof CONFIGS, tensorParallel: number) =>
      sequenceBytes(layoutOf(CONFIGS[name]), 100, { elementBytes: 2, tensorParallel })
    expect(on('dense', 2)).toBe(on('dense', 1) / 2)
    expect(on('dense', 8)).toBe(on('dense', 1) / 4)
    expect(on('delta', 2)).toBe(on('delta', 1) / 2)
    expect(on('latent', 2)).toBe(on('latent', 1))
  })

  it('every token drafted ahead keeps a convolution of its own', () => {
    const layout = layoutOf(CONFIGS.delta)
    const more = stateBytesPerSequence(layout, { elementBytes: 2, draftTokens: 2 })
    expect(more - stateBytesPerSequence(layout, { elementBytes: 2 })).toBe(6 * 4096 * 2 * 2)
  })

  it.each<[string, object, RegExp]>([
    ['compressed attention', CONFIGS.compressed, /counted uncompressed/],
    ['an unknown word', { ...CONFIGS.dense, layer_types: ['lightning'] }, /called lightning/],
    ['a state without sizes', { ...CONFIGS.dense, hybrid_override_pattern: 'M*' }, /not counted/],
  ])('says that %s makes it an upper bound', (_, config, reason) => {
    expect(layoutOf(config).estimate).toMatch(reason)
  })

  it('layers that read another layer’s cache keep nothing', () => {
    const layout = layoutOf({ ...CONFIGS.dense, num_kv_shared_layers: 5 })
    expect(countsOf(layout)).toEqual({ full: 3, none: 5 })
  })

  it.each<[string, object, Record<string, number>]>([
    ['one for all', { sliding_window: 4096 }, { window: 8 }],
    ['switched off', { sliding_window: 4096, use_sliding_window: false }, { full: 8 }],
    [
      'from a layer on',
      { sliding_window: 4096, use_sliding_window: true, max_window_layers: 6 },
      { full: 6, window: 2 },
    ],
    ['alternating', { sliding_window: 512, sliding_window_pattern: 4 }, { window: 6, full: 2 }],
  ])('finds windows without a list of layers: %s', (_, change, counts) => {
    expect(countsOf(layoutOf({ ...CONFIGS.dense, ...change }))).toEqual(counts)
  })
})

/** Fields that stay at the top whatever the nesting: they name the whole model. */
const WHOLE = ['architectures', 'model_type']

describe('where a field stands', () => {
  const nested = fc
    .constantFrom(...Object.values(CONFIGS))
    .chain((config: Record<string, unknown>) =>
      fc.record({
        config: fc.constant(config),
        order: fc.shuffledSubarray(Object.keys(config), { minLength: Object.keys(config).length }),
        inside: fc.subarray(Object.keys(config).filter((key) => !WHOLE.includes(key))),
        part: fc.constantFrom('text_config', 'llm_config', 'language_config', 'thinker_config'),
        isDeep: fc.boolean(),
        nulls: fc.subarray([...Object.keys(config), 'num_experts', 'audio_config', 'kv_lora_rank']),
      }),
    )

  it('changes nothing: text part or top, any order, nulls in the other place', () => {
    fc.assert(
      fc.property(nested, ({ config, order, inside, part, isDeep, nulls }) => {
        const top: Record<string, unknown> = {}
        const text: Record<string, unknown> = {}
        for (const key of order) {
          const [here, there] = inside.includes(key) ? [text, top] : [top, text]
          here[key] = config[key]
          if (nulls.includes(key)) there[key] = null
        }
        for (const key of nulls) if (!(key in config)) text[key] = null
        const wrapped = isDeep && part === 'thinker_config' ? { text_config: text } : text
        expect(read({ ...top, [part]: wrapped })).toEqual(read(config))
      }),
      { numRuns: 300 },
    )
  })
})
