import { describe, expect, it } from 'vitest'
import { fitModel } from '../fit/fit.ts'
import { GB10_BYTES } from '../recipe/infer.ts'
import { type BenchModel, benchModels } from '../testing/bench-data.ts'
import { readFacts } from './config-facts.ts'
import {
  bytesPerToken,
  isWindowed,
  type LayerGroup,
  sequenceBytes,
  stateBytesPerSequence,
  windowBytesPerToken,
} from './layout.ts'

const GIB = 2 ** 30
const bf16 = { elementBytes: 2 } as const
const models = benchModels()

/** What that file calls the kinds of layers. */
const THEIR_NAMES: Record<LayerGroup['kind'], string> = {
  ...{ full: 'full', mla: 'full', window: 'swa', chunk: 'swa' },
  ...{ gdn: 'linear', mamba: 'mamba', none: 'none' },
}

function figuresOf({ config, quant }: BenchModel): BenchModel['expect'] {
  const facts = readFacts({
    config: JSON.stringify(config),
    ...(quant.includes('hf_quant_config') && {
      quantConfig: '{"quantization":{"quant_algo":"NVFP4"}}',
    }),
  })
  if (!facts?.layout) throw new Error('no layout')
  const { layout, parameters, estimatedWeightBytes: weightBytes } = facts
  const layers: Record<string, number> = {}
  for (const { kind, count } of layout.groups) {
    layers[THEIR_NAMES[kind]] = (layers[THEIR_NAMES[kind]] ?? 0) + count
  }
  const planOn = (hosts: number) => {
    const input = { ...facts, weightBytes: weightBytes ?? Number.NaN, hostBytes: GB10_BYTES, hosts }
    const { nodes } = fitModel(input)
    return nodes === null ? 'does-not-fit' : nodes === 1 ? 'solo' : `tp${nodes}`
  }
  return {
    layers,
    kvBytesPerTokenBf16: bytesPerToken(layout, bf16),
    kvBytesPerTokenFp8: bytesPerToken(layout, { elementBytes: 1 }),
    windowBytesPerTokenBf16: windowBytesPerToken(layout, bf16),
    window: layout.groups.find(isWindowed)?.window ?? null,
    stateBytesPerSequence: stateBytesPerSequence(layout, bf16),
    kvGiBAt32kFp8: round(sequenceBytes(layout, 32_768, { elementBytes: 1 }) / GIB, 3),
    paramsB: round((parameters ?? Number.NaN) / 1e9, 2),
    estWeightGiB: round((weightBytes ?? Number.NaN) / GIB, 1),
    planTwoGB10: planOn(2),
    planOneGB10: planOn(1),
    vision: facts.capabilities.includes('vision'),
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))

describe.skipIf(models.length === 0)('the config of a public model', () => {
  it.each(models)('$id gives every figure', (model) => {
    expect(figuresOf(model)).toEqual(model.expect)
  })
})

describe('the folder of public configs', () => {
  it('is not needed, but must be readable where CI names it', () => {
    const said: string[] = []
    expect(benchModels({}, (line) => said.push(line))).toEqual([])
    expect(said).toEqual(['BENCH_DATA is not set: configs of public models are not checked'])
    expect(() => benchModels({ BENCH_DATA: '/nowhere', CI: 'true' })).toThrow(/cannot be read/)
  })
})
