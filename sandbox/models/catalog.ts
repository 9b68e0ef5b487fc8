import { gemma4, gptOss, qwen3, qwen3Moe, qwen3Next, qwen35Moe } from './configs.ts'
import { GEMMA4, HARMONY, QWEN3, QWEN35 } from './templates.ts'

/** A model as its repository holds it. */
export interface CatalogModel {
  repo: string
  config?: Record<string, unknown>
  chatTemplate?: string
  weightBytes: number
  shardCount: number
  /** Other large files, path to size. */
  extra?: Record<string, number>
  /** Its terms have to be accepted on the hub first. */
  isGated?: boolean
}

const GIB = 1024 ** 3

function gib(amount: number): number {
  return Math.round(amount * GIB)
}

/** What the simulated Hugging Face hub offers. Sizes are the real ones, to a few percent. */
export const CATALOG = {
  qwen36: {
    repo: 'Qwen/Qwen3.6-35B-A3B-FP8',
    config: qwen35Moe({ fp8: true }),
    chatTemplate: QWEN35,
    weightBytes: gib(35.1),
    shardCount: 14,
  },
  qwen36Nvfp4: {
    repo: 'nvidia/Qwen3.6-35B-A3B-NVFP4',
    config: qwen35Moe({ fp8: false }),
    chatTemplate: QWEN35,
    weightBytes: gib(21.2),
    shardCount: 5,
  },
  gemma4: {
    repo: 'nvidia/Gemma-4-26B-A4B-NVFP4',
    config: gemma4(),
    chatTemplate: GEMMA4,
    weightBytes: gib(15.7),
    shardCount: 4,
  },
  gptOss: {
    repo: 'openai/gpt-oss-120b',
    config: gptOss(),
    chatTemplate: HARMONY,
    weightBytes: gib(60.8),
    shardCount: 15,
    // The repository carries its weights three times.
    extra: {
      'original/model--00001-of-00001.safetensors': gib(60.8),
      'metal/model.bin': gib(60.8),
    },
  },
  qwen3Huge: {
    repo: 'nvidia/Qwen3-235B-A22B-NVFP4',
    config: qwen3Moe(),
    chatTemplate: QWEN3,
    weightBytes: gib(124.8),
    shardCount: 26,
  },
  qwen3Small: {
    repo: 'Qwen/Qwen3-4B-FP8',
    config: qwen3({
      hidden: 2560,
      layers: 36,
      heads: 32,
      intermediate: 9728,
      fp8: true,
      tied: true,
    }),
    chatTemplate: QWEN3,
    weightBytes: gib(4.83),
    shardCount: 1,
  },
  qwen3Eight: {
    repo: 'Qwen/Qwen3-8B',
    config: qwen3({ hidden: 4096, layers: 36, heads: 32, intermediate: 12_288 }),
    chatTemplate: QWEN3,
    weightBytes: gib(15.3),
    shardCount: 5,
  },
  coderNext: {
    repo: 'Qwen/Qwen3-Coder-Next-FP8',
    config: qwen3Next(),
    chatTemplate: QWEN35,
    weightBytes: gib(76.4),
    shardCount: 40,
  },
  fineTune: {
    repo: 'fjordlight/Skald-14B-Instruct',
    config: qwen3({ hidden: 5120, layers: 40, heads: 40, intermediate: 17_408 }),
    chatTemplate: QWEN3,
    weightBytes: gib(27.5),
    shardCount: 6,
  },
  gated: {
    repo: 'meta-llama/Llama-3.1-8B-Instruct',
    config: qwen3({ hidden: 4096, layers: 32, heads: 32, intermediate: 14_336 }),
    chatTemplate: QWEN3,
    weightBytes: gib(15),
    shardCount: 4,
    isGated: true,
  },
  gguf: {
    repo: 'fjordlight/Skald-14B-Instruct-GGUF',
    weightBytes: 0,
    shardCount: 0,
    extra: { 'Skald-14B-Instruct-Q4_K_M.gguf': gib(8.4) },
  },
} satisfies Record<string, CatalogModel>
