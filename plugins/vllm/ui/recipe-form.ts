import { sentence } from '#ui'
import type { Recipe } from '../recipe/recipe.ts'
import type { Suggestion } from '../views.ts'

export interface RecipeField {
  key: keyof Recipe
  label: string
  hint: string
  /** `lines`: one value a line; `pairs`: NAME=value a line. */
  type: 'text' | 'number' | 'lines' | 'pairs' | readonly string[]
  /** Rarely needed: folded away. */
  isRare?: boolean
}

/** The fields of the form, in the order a person decides them. */
export const FIELDS: readonly RecipeField[] = [
  { key: 'title', label: 'Title', hint: 'How it is called here.', type: 'text' },
  { key: 'nodes', label: 'Machines', hint: 'How many machines share the model.', type: 'number' },
  {
    key: 'tensor_parallel',
    label: 'Parts',
    hint: 'Tensor parallelism. Empty: a part for each GPU, or for each of several machines.',
    type: 'number',
  },
  {
    key: 'max_model_len',
    label: 'Context length',
    hint: 'In tokens. Empty: what the model was made for.',
    type: 'number',
  },
  {
    key: 'gpu_memory_utilization',
    label: 'Share of memory',
    hint: 'From 0.05 to 0.95, for weights and cache together.',
    type: 'number',
  },
  {
    key: 'kv_cache_dtype',
    label: 'Cache precision',
    hint: 'fp8 holds twice the context.',
    type: ['', 'auto', 'bfloat16', 'fp8', 'fp8_e4m3', 'fp8_e5m2', 'fp8_ds_mla'],
  },
  { key: 'tool_parser', label: 'Tool call parser', hint: 'Empty: no tool calls.', type: 'text' },
  {
    key: 'reasoning_parser',
    label: 'Reasoning parser',
    hint: 'Empty: thoughts stay in the answer.',
    type: 'text',
  },
  {
    key: 'load_format',
    label: 'Load format',
    hint: 'How weights are read, such as fastsafetensors. Empty: the engine decides.',
    type: 'text',
    isRare: true,
  },
  {
    key: 'moe_backend',
    label: 'MoE backend',
    hint: 'The kernels of the experts, such as marlin. Empty: the engine decides.',
    type: 'text',
    isRare: true,
  },
  { key: 'image', label: 'Image', hint: 'Empty: that of the service.', type: 'text', isRare: true },
  {
    key: 'args',
    label: 'Further arguments',
    hint: 'Flags of vllm serve; a value stands on the line after its flag.',
    type: 'lines',
    isRare: true,
  },
  {
    key: 'env',
    label: 'Environment',
    hint: 'NAME=value, one a line: VLLM_…, NCCL_… and the like.',
    type: 'pairs',
    isRare: true,
  },
  {
    key: 'mods',
    label: 'Mods',
    hint: 'Folders of the launcher that are applied before the start, one a line.',
    type: 'lines',
    isRare: true,
  },
]

export type FormValues = Record<string, string>

/** A recipe as the texts of the form. */
export function toForm(recipe: Recipe): FormValues {
  return Object.fromEntries(
    FIELDS.map(({ key, type }) => {
      const value = recipe[key]
      if (value === undefined) return [key, '']
      if (type === 'lines') return [key, (value as string[]).join('\n')]
      if (type !== 'pairs') return [key, String(value)]
      return [
        key,
        Object.entries(value)
          .map(([name, item]) => `${name}=${item}`)
          .join('\n'),
      ]
    }),
  )
}

/** The texts of the form as a recipe; what is no number is sent as it stands, to be told so. */
export function fromForm(values: FormValues, base: Recipe): Record<string, unknown> {
  const recipe: Record<string, unknown> = { repo: base.repo }
  if (base.source !== undefined) recipe.source = base.source
  if (base.match !== undefined) recipe.match = base.match
  if (base.names !== undefined) recipe.names = base.names
  for (const { key, type } of FIELDS) {
    const text = (values[key] ?? '').trim()
    if (text === '') continue
    if (type === 'number') recipe[key] = Number.isNaN(Number(text)) ? text : Number(text)
    else if (type === 'lines') recipe[key] = linesOf(text)
    else if (type === 'pairs') recipe[key] = Object.fromEntries(linesOf(text).map(pairOf))
    else recipe[key] = text
  }
  return recipe
}

/** Why a field's value was suggested; where another stands there, what was. */
export function hintFor(
  { key }: RecipeField,
  value: string,
  read: Suggestion | undefined,
): string | undefined {
  const because = read?.why.find(({ field }) => field === key)?.because
  if (!read || because === undefined) return undefined
  const suggested = toForm(read.recipe)[key]
  const reason = sentence(because)
  return value === suggested ? reason : `Suggested: ${suggested?.replaceAll('\n', ' ')}. ${reason}`
}

/** Mistakes by field, from the paths of an error's details (`recipe.args.0`). */
export function errorsByField(
  details: readonly { path: string; message: string }[],
): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { path, message } of details) {
    const [key = ''] = path.replace(/^(body|recipe)(\.|$)/, '').split(/[./]/)
    errors[key] = errors[key] ? `${errors[key]} ${message}` : message
  }
  return errors
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

function pairOf(line: string): [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1)]
}
