import { Nullable, type Static, Type } from '#core'
import { Recipe } from '../recipe/recipe.ts'
import { MOST_BYTES } from './parse-yaml.ts'

/** Body of POST /api/models/import: a recipe file of spark-vllm-docker as it stands. */
export const ImportBody = Type.Object(
  { text: Type.String({ maxLength: MOST_BYTES }) },
  { additionalProperties: false },
)

const Line = Type.Integer({ minimum: 1 })
const Notes = Type.Array(Type.Object({ line: Line, message: Type.String() }))

/** A recipe file read, nothing of it saved. Lines are those of the file, the first is 1. */
export const ImportView = Type.Object({
  /** Where it would be saved; null as long as there are mistakes, as is the recipe. */
  key: Nullable(Type.String()),
  recipe: Nullable(Recipe),
  /** What counts for its model now and would be replaced. */
  replaces: Type.Union([Type.Literal('shipped'), Type.Literal('override'), Type.Null()]),
  mistakes: Notes,
  warnings: Notes,
  dropped: Type.Array(Type.Object({ line: Line, what: Type.String(), because: Type.String() })),
  translated: Type.Array(Type.Object({ line: Line, from: Type.String(), to: Type.String() })),
})
export type ImportView = Static<typeof ImportView>
