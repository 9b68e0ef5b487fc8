import { Duration, type Static, Type } from '#core'
import { ENTITY_TYPES } from './entity-types.ts'

/** `strict` masks what nobody knows as well; `balanced` what was recognised. */
export const Mode = Type.Union([Type.Literal('strict'), Type.Literal('balanced')])
export type Mode = Static<typeof Mode>

const Terms = (description: string) =>
  Type.Array(Type.String({ minLength: 2, maxLength: 200 }), {
    default: [],
    maxItems: 10_000,
    description,
  })

const Pattern = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
    pattern: Type.String({ minLength: 1, maxLength: 500 }),
    type: Type.Optional(Type.Union(ENTITY_TYPES.map((type) => Type.Literal(type)))),
  },
  { additionalProperties: false },
)

/** The keys of a `kind: redaction` service in topology.yaml. */
export const Settings = Type.Object({
  mode: Type.Union(Mode.anyOf, {
    default: 'strict',
    description: 'strict also masks every word and number nobody knows; balanced does not',
  }),
  regions: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), {
    default: ['US', 'GB', 'DE', 'FR'],
    maxItems: 40,
    uniqueItems: true,
    description: 'countries whose phone numbers and national ids are looked for, such as US',
  }),
  deny: Terms('words that are always masked: customers, projects, host names'),
  allow: Terms('words that are never masked unless they are part of something else'),
  patterns: Type.Array(Pattern, {
    default: [],
    maxItems: 100,
    description: 'further patterns to mask, in RE2 syntax',
  }),
  ttl: Duration({ default: '24h', description: 'how long a session is kept after its last use' }),
  max_bytes: Type.Integer({
    default: 1_048_576,
    minimum: 1_024,
    maximum: 4_194_304,
    description: 'largest text or structure that is scrubbed; more is refused',
  }),
  deadline: Duration({
    default: '10s',
    description: 'longest time one request may take; then it is refused without any text',
  }),
  binary: Type.Union([Type.Literal('refuse'), Type.Literal('blank')], {
    default: 'refuse',
    description: 'what happens to pictures, audio and data URLs, which nobody can look into',
  }),
})
export type Settings = Static<typeof Settings>
