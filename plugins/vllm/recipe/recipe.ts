import { type Detail, type Static, Type, Value } from '#core'
import { ARGUMENT, argumentMistake } from './flags.ts'
import { GLOB } from './glob.ts'
import { ENV_KEY, ENV_VALUE, IMAGE, MOD, REPO, SERVED_NAME, WORD } from './patterns.ts'

const Word = (description: string) => Type.Optional(Type.String({ pattern: WORD, description }))

/** How one model is launched: the shape of recipes/*.yaml and of the owner's overrides. */
export const Recipe = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\x00-\\x1f\\x7f]+$' }),
    repo: Type.String({ pattern: REPO, maxLength: 200 }),
    match: Type.Optional(
      Type.Array(Type.String({ pattern: GLOB, maxLength: 200 }), {
        maxItems: 16,
        description: 'further repos it is right for, * standing for any characters',
      }),
    ),
    names: Type.Optional(
      Type.Array(Type.String({ pattern: SERVED_NAME, maxLength: 200 }), {
        maxItems: 16,
        description: 'further names it may be asked for by where a model is loaded',
      }),
    ),
    tensor_parallel: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 16, description: 'GPUs; default: those there are' }),
    ),
    nodes: Type.Integer({ minimum: 1, maximum: 8, description: 'machines it spans' }),
    max_model_len: Type.Optional(Type.Integer({ minimum: 256, maximum: 16_777_216 })),
    gpu_memory_utilization: Type.Number({ minimum: 0.05, maximum: 0.95 }),
    kv_cache_dtype: Type.Optional(
      Type.Union(
        (['auto', 'bfloat16', 'fp8', 'fp8_e4m3', 'fp8_e5m2', 'fp8_ds_mla'] as const).map((dtype) =>
          Type.Literal(dtype),
        ),
      ),
    ),
    tool_parser: Word('--tool-call-parser'),
    reasoning_parser: Word('--reasoning-parser'),
    load_format: Word('--load-format'),
    moe_backend: Word('--moe-backend'),
    image: Type.Optional(Type.String({ pattern: IMAGE })),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: ENV_KEY }), Type.String({ pattern: ENV_VALUE }), {
        additionalProperties: false,
      }),
    ),
    mods: Type.Optional(Type.Array(Type.String({ pattern: MOD }), { maxItems: 16 })),
    args: Type.Optional(
      Type.Array(Type.String({ pattern: ARGUMENT, maxLength: 4096 }), { maxItems: 64 }),
    ),
    source: Type.Optional(
      Type.String({ maxLength: 500, description: 'where these figures come from' }),
    ),
  },
  { additionalProperties: false },
)
export type Recipe = Static<typeof Recipe>

/** Every mistake of a recipe, one a field, in words; empty if it is good. */
export function recipeMistakes(value: unknown): Detail[] {
  const byPath = new Map<string, string>()
  for (const error of Value.Errors(Recipe, value)) {
    const path = error.path.slice(1).replaceAll('/', '.')
    if (!byPath.has(path)) byPath.set(path, error.message)
  }
  for (const [path, message] of argsMistakes(value)) byPath.set(path, message)
  for (const [path, message] of spreadMistakes(value))
    if (!byPath.has(path)) byPath.set(path, message)
  return [...byPath].map(([path, message]) => ({ path, message }))
}

function* argsMistakes(value: unknown): Generator<[string, string]> {
  const args = (value as { args?: unknown } | null)?.args
  if (!Array.isArray(args)) return
  for (const [index, argument] of args.entries()) {
    if (typeof argument !== 'string') continue
    const previous: unknown = args[index - 1]
    const mistake = argumentMistake(argument, typeof previous === 'string' ? previous : undefined)
    if (mistake) yield [`args.${index}`, mistake]
  }
}

function* spreadMistakes(value: unknown): Generator<[string, string]> {
  const { nodes, tensor_parallel: parallel } = (value ?? {}) as Partial<Recipe>
  if (typeof nodes !== 'number' || typeof parallel !== 'number') return
  // one GPU a machine: the launcher starts exactly as many machines as the command asks for
  if (nodes > 1 && parallel !== nodes) {
    yield ['tensor_parallel', `must equal nodes (${nodes}) when the model spans machines`]
  }
}
