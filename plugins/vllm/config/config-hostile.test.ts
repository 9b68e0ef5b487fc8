import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readFacts } from './config-facts.ts'

const SIZES = [
  ...['num_hidden_layers', 'hidden_size', 'num_attention_heads', 'num_key_value_heads', 'head_dim'],
  ...[
    'intermediate_size',
    'vocab_size',
    'max_position_embeddings',
    'sliding_window',
    'num_experts',
  ],
  ...['kv_lora_rank', 'qk_rope_head_dim', 'num_kv_shared_layers', 'full_attention_interval'],
  ...['max_window_layers', 'attention_chunk_size', 'no_rope_layer_interval', 'moe_layer_freq'],
]
const WORDS = [
  ...['model_type', 'architectures', 'layer_types', 'layers_block_type', 'hybrid_override_pattern'],
  ...['hybrid_layer_pattern', 'no_rope_layers', 'block_configs', 'linear_attn_config'],
  ...['compress_ratios', 'quantization_config', 'compression_config', 'text_config'],
  ...['quant_method', 'quant_algo', 'format', 'data_type', 'ignore', 'config_groups', 'bits'],
]
const good = {
  ...{ architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', hidden_size: 4096 },
  ...{ num_hidden_layers: 36, num_attention_heads: 32, num_key_value_heads: 8, head_dim: 128 },
  ...{ intermediate_size: 12_288, vocab_size: 151_936, max_position_embeddings: 40_960 },
}

const hostile = fc.oneof(
  fc.constantFrom<unknown[]>(
    ...[1e9, 1e15, 1e308, -1, 0, 0.5, 2 ** 31, '1e9', '', 'x'.repeat(1e5), 'constructor', true],
    ...[null, [], {}, { toString: 1 }, { valueOf: 1, toString: 1 }, [[[]]], [null], [{ a: 1 }]],
    ...[Array(20_000).fill('full_attention'), Array(300).fill(0), Array(900).fill({ toString: 1 })],
    Array.from({ length: 900 }, (_, at) => `layer_${at}`),
  ),
  fc.jsonValue({ maxDepth: 3 }),
)

const numbersIn = (value: unknown): number[] =>
  typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(numbersIn)
    : typeof value === 'number'
      ? [value]
      : []

it('whatever a config.json says, its facts are small and their numbers are numbers', () => {
  const odd = fc.dictionary(fc.constantFrom(...SIZES, ...WORDS), hostile, { maxKeys: 4 })
  const inside = fc.constantFrom('', 'text_config', 'quantization_config')
  fc.assert(
    fc.property(odd, inside, (keys, part) => {
      const config = JSON.stringify(
        part === '' ? { ...good, ...keys } : { ...good, [part]: { quant_method: 'fp8', ...keys } },
      )
      const facts = readFacts({ config, quantConfig: config })
      expect(numbersIn(facts).filter((number) => !Number.isFinite(number))).toEqual([])
      expect(JSON.stringify(facts).length).toBeLessThan(20_000)
    }),
    { numRuns: 3000 },
  )
})

it.each([
  ['parts in parts', `${'{"text_config":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ['lists in lists', `{"layer_types":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ['a broken end', '{"a":'.repeat(200_000)],
  ['half a word', `"${'\\'.repeat(1_000_001)}`],
  ['numbers that are none', `{"a":[${'NaN,-Infinity,'.repeat(200_000)}1]}`],
])('%s without end are read or given up', (_title, config) => {
  expect(() => readFacts({ config })).not.toThrow()
})
