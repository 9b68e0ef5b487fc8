import { type Static, Type } from '#core'
import { PointId } from './shapes.ts'

/** A payload key in Qdrant's path syntax: `city`, `author.name`, `tags[]`, `parts[0].size`. */
const FIELD_KEY =
  '^[A-Za-z0-9_][A-Za-z0-9_.\\-]{0,200}(\\[[0-9]{0,6}\\][A-Za-z0-9_.\\-]{0,40}){0,4}$'

const MOST_VALUES = 1_000
const Closed = { additionalProperties: false }
const Key = Type.String({ pattern: FIELD_KEY, description: 'a payload key such as author.name' })
const Text = Type.String({ minLength: 1, maxLength: 1_000 })
const Value = Type.Union([Type.String({ maxLength: 1_000 }), Type.Integer(), Type.Boolean()])
const Several = Type.Union([
  Type.Array(Type.String({ maxLength: 1_000 }), { maxItems: MOST_VALUES }),
  Type.Array(Type.Integer(), { maxItems: MOST_VALUES }),
])

/** The ways a key can match; each object has exactly one of these keys. */
export const MATCHES = {
  value: Type.Object({ value: Value }, Closed),
  any: Type.Object({ any: Several }, Closed),
  except: Type.Object({ except: Several }, Closed),
  text: Type.Object({ text: Text }, Closed),
  text_any: Type.Object({ text_any: Text }, Closed),
  phrase: Type.Object({ phrase: Text }, Closed),
  prefix: Type.Object({ prefix: Text }, Closed),
} as const

const Bound = Type.Optional(
  Type.Union([Type.Number(), Type.String({ format: 'date-time', maxLength: 40 })]),
)
const Range = Type.Object(
  { gt: Bound, gte: Bound, lt: Bound, lte: Bound },
  { ...Closed, minProperties: 1 },
)
const Counts = Type.Optional(Type.Integer({ minimum: 0 }))
const Size = Type.Object(
  { gt: Counts, gte: Counts, lt: Counts, lte: Counts },
  { ...Closed, minProperties: 1 },
)

/** What tests one point, by the key that tells them apart. `nested` and whole filters are further down. */
export const CONDITIONS = {
  match: Type.Object({ key: Key, match: Type.Object({}) }, Closed),
  range: Type.Object({ key: Key, range: Range }, Closed),
  values_count: Type.Object({ key: Key, values_count: Size }, Closed),
  has_id: Type.Object({ has_id: Type.Array(PointId, { maxItems: MOST_VALUES }) }, Closed),
  is_empty: Type.Object({ is_empty: Type.Object({ key: Key }, Closed) }, Closed),
  is_null: Type.Object({ is_null: Type.Object({ key: Key }, Closed) }, Closed),
} as const

export const Nested = Type.Object({ key: Key, filter: Type.Object({}) }, Closed)
export const MinShould = Type.Object(
  { conditions: Type.Array(Type.Unknown()), min_count: Type.Integer({ minimum: 1, maximum: 256 }) },
  Closed,
)

type Match = { [K in keyof typeof MATCHES]: Static<(typeof MATCHES)[K]> }[keyof typeof MATCHES]
type Plain = Exclude<keyof typeof CONDITIONS, 'match'>

export type Condition =
  | { [K in Plain]: Static<(typeof CONDITIONS)[K]> }[Plain]
  | { key: string; match: Match }
  | { nested: { key: string; filter: Filter } }
  | Filter

/** Qdrant's filter, as far as it is let through. */
export interface Filter {
  must?: Condition[]
  should?: Condition[]
  must_not?: Condition[]
  min_should?: { conditions: Condition[]; min_count: number }
}

/** A filter as a route's schema shows it; `parseFilter` looks inside. */
export const FilterInput = Type.Object(
  {},
  {
    additionalProperties: true,
    description:
      'must, should, must_not, min_should of conditions, as in Qdrant; unknown keys are refused',
  },
)
