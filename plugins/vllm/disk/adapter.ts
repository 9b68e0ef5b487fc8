import { isRepo } from '../recipe/patterns.ts'

/** A LoRA adapter: what it was trained on, and how large its matrices are. */
export interface Adapter {
  /** Repo id of the base model, or the name of a local folder. */
  base: string
  rank: number
}

/** Reads adapter_config.json as PEFT writes it; undefined when it names no base that can be named. */
export function readAdapter(text: string | undefined): Adapter | undefined {
  if (text === undefined) return undefined
  try {
    const config = JSON.parse(text) as Record<string, unknown>
    const named = config.base_model_name_or_path
    if (typeof named !== 'string') return undefined
    // a path says where the base lay when the adapter was trained; its last part is its name here
    const base = /^[./~]/.test(named) ? (named.split('/').filter(Boolean).at(-1) ?? '') : named
    return isRepo(base) ? { base, rank: rankOf(config) } : undefined
  } catch {
    // being written, or no JSON at all
    return undefined
  }
}

const DEFAULT_RANK = 8

/** Some layers may have a rank of their own; the engine has to hold the largest. */
function rankOf({ r, rank_pattern: pattern }: Record<string, unknown>): number {
  const others = typeof pattern === 'object' && pattern !== null ? Object.values(pattern) : []
  const ranks = [r, ...others].map(Number).filter((rank) => Number.isInteger(rank) && rank > 0)
  return Math.max(DEFAULT_RANK, ...ranks)
}

/** An adapter that is to be served on its base. */
export interface Lora {
  /** The name it answers to. */
  repo: string
  /** Its folder on the hosts; null for one in the HF cache, which vLLM finds by its repo id. */
  folder: string | null
  rank: number
}

/** Ranks vLLM takes for --max-lora-rank (vllm/config/lora.py). */
const RANKS = [8, 16, 32, 64, 128, 256, 320, 512]

/** The words that serve an adapter beside its base; `seenAt` is its folder in the container. */
export function loraArgs({ repo, rank }: Lora, seenAt: string): string[] {
  const most = RANKS.find((allowed) => allowed >= rank) ?? rank
  return ['--enable-lora', '--lora-modules', `${repo}=${seenAt}`, '--max-lora-rank', String(most)]
}
