import { type Static, Type } from '#core'

/** What a server may answer under /v1, beside its list of models. */
export const PATHS = [
  'chat/completions',
  'completions',
  'responses',
  'embeddings',
  'messages',
] as const

/** The keys of a `kind: openai` service in topology.yaml. */
export const Settings = Type.Object({
  paths: Type.Array(Type.Union(PATHS.map((path) => Type.Literal(path))), {
    default: ['chat/completions', 'completions', 'responses'],
    minItems: 1,
    uniqueItems: true,
    description: 'what it answers under /v1',
  }),
})
export type Settings = Static<typeof Settings>
