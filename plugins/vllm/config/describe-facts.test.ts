import { expect, it } from 'vitest'
import { CONFIGS } from '../testing/configs.ts'
import { readFacts } from './config-facts.ts'
import { describeFacts } from './describe-facts.ts'

const linesOf = (config: object): string[] => {
  const facts = readFacts({ config: JSON.stringify(config), markers: ['template'] })
  if (!facts) throw new Error('unreadable')
  return describeFacts(facts).map(({ name, value, because }) => `${name}: ${value} (${because})`)
}

it('says what was read of the files, and where each stands', () => {
  expect(linesOf(CONFIGS.delta)).toEqual([
    'Weights: not quantized (no quantization is named)',
    'Parameters: 0.2 billion (counted from the sizes in config.json)',
    'Layers: 6 × gated delta, 2 × full attention (by full_attention_interval in config.json)',
    'Cache: 2.0 kB per token, 6 MB per conversation (in fp8, on all machines)',
    'Context: 65,536 tokens (what the model was made for)',
    'Good for: chat, vision (by Qwen3_5ForConditionalGeneration, with a chat template)',
  ])
})

it('says what is an upper bound only', () => {
  const lines = linesOf(CONFIGS.compressed)
  expect(lines).toContain(
    'Layers: 8 × latent attention (its compressed attention is counted uncompressed)',
  )
  expect(lines).toContain('Cache: 4.1 kB per token (an upper bound)')
})
