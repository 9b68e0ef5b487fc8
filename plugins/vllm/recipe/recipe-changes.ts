import type { Recipe } from './recipe.ts'

/** How the owner calls a field, where its key says too little. */
const CALLED: Partial<Record<keyof Recipe, string>> = {
  nodes: 'number of machines',
  tensor_parallel: 'number of parts',
  max_model_len: 'context length',
  gpu_memory_utilization: 'share of memory',
  kv_cache_dtype: 'cache precision',
  tool_parser: 'tool call parser',
  reasoning_parser: 'reasoning parser',
  load_format: 'load format',
  moe_backend: 'MoE backend',
  args: 'list of further arguments',
  mods: 'list of mods',
  env: 'environment',
}

/** What becomes of each field that differs, in a sentence each; how a recipe came about is no part of it. */
export function describeChanges(from: Recipe, to: Recipe): string[] {
  const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])] as (keyof Recipe)[]
  return fields
    .filter((field) => field !== 'source' && field !== 'match')
    .flatMap((field) => {
      const [before, after] = [show(from[field]), show(to[field])]
      if (before === after) return []
      const name = CALLED[field] ?? field
      if (after === '') return [`No ${name} any more; it is ${before} now.`]
      if (before === '') return [`${capital(name)} becomes ${after}; none is set now.`]
      return [`${capital(name)} goes from ${before} to ${after}.`]
    })
}

function show(value: Recipe[keyof Recipe]): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.join(' ')
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .map(([name, text]) => `${name}=${text}`)
    .toSorted()
    .join(' ')
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
