import type { ConfigFacts } from '../config/config-facts.ts'
import type { Put } from './infer.ts'
import {
  findParsers,
  MOE_BACKENDS,
  TEMPLATE_REASONING_PARSERS,
  TEMPLATE_TOOL_PARSERS,
  TOKENIZER_MODES,
} from './parsers.ts'

/** Which parsers a model's answers need: by its family, else by what its chat template speaks. */
export function inferParsers(repo: string, facts: ConfigFacts, put: Put) {
  const found: { tool_parser?: string; reasoning_parser?: string } = {}
  if (!facts.capabilities.includes('chat')) return found
  const row = findParsers(repo, facts.modelType)
  const isSpoken = ([marker]: readonly [string, string]) => facts.markers.includes(marker)
  const sniffed = TEMPLATE_TOOL_PARSERS.find(isSpoken)
  const thoughts = TEMPLATE_REASONING_PARSERS.find(isSpoken)
  if (row?.tool) {
    const note = row.note ? `; ${row.note}` : ''
    found.tool_parser = put('tool_parser', row.tool, `what ${facts.modelType} models speak${note}`)
  } else if (!row && sniffed) {
    found.tool_parser = put('tool_parser', sniffed[1], 'what its chat template speaks')
  }
  if (row?.reasoning) {
    found.reasoning_parser = put(
      'reasoning_parser',
      row.reasoning,
      `how ${facts.modelType} models think`,
    )
  } else if (!row && thoughts) {
    found.reasoning_parser = put(
      'reasoning_parser',
      thoughts[1],
      'its chat template has it think between <think> and </think>',
    )
  }
  return found
}

/** The kernel for quantized experts that is known to run on GB10; undefined leaves it to vLLM. */
export function inferMoeBackend(facts: ConfigFacts, put: Put): string | undefined {
  if (!facts.isMoe || facts.quantization === 'none') return undefined
  const row = MOE_BACKENDS.find(
    ({ modelType, quantization }) =>
      modelType.test(facts.modelType) && quantization.test(facts.quantization),
  )
  if (!row) return undefined
  return put('moe_backend', row.backend, `${facts.quantization} experts run on it`)
}

/** Arguments without which a family cannot chat at all. */
export function inferArgs({ modelType }: ConfigFacts, put: Put): string[] | undefined {
  const row = TOKENIZER_MODES.find((entry) => entry.modelType.test(modelType))
  if (!row) return undefined
  const because = `${modelType} models bring no chat template; vLLM has their format under this name`
  return put('args', ['--tokenizer-mode', row.mode], because)
}
