import { Duration, PublicUrl, Secret, type Static, Type } from '#core'
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
    name: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
      description: 'a name of your choice',
    }),
    pattern: Type.String({ minLength: 1, maxLength: 500, description: 'what is masked' }),
    type: Type.Optional(
      Type.Union(
        ENTITY_TYPES.map((type) => Type.Literal(type)),
        { description: 'word its placeholders begin with; default: TERM' },
      ),
    ),
  },
  { additionalProperties: false },
)

/** A model elsewhere that may be asked, with nothing but scrubbed text. */
const Frontier = Type.Object(
  {
    url: PublicUrl({ description: 'address of its server, over TLS' }),
    api_key: Type.Optional(Secret({ description: 'key its server asks for' })),
    models: Type.Array(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$' }), {
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      description: 'models that may be asked for under /v1, by the names their server knows',
    }),
    path: Type.String({
      default: '/v1/chat/completions',
      pattern: '^(/[A-Za-z0-9_][A-Za-z0-9._-]{0,63}){1,8}$',
      description: "where its server answers OpenAI's chat completions",
    }),
    mode: Type.Union(Mode.anyOf, { default: 'strict', description: 'as mode, for this way alone' }),
    ca: Type.Optional(
      Type.String({
        description: 'certificate of an authority of your own, in PEM: ${file:/path}',
      }),
    ),
  },
  { additionalProperties: false, description: 'a model elsewhere, asked with scrubbed text alone' },
)
export type Frontier = Static<typeof Frontier>

/** A model of the LAN that takes part in the detection; it is sent the text as it is. */
const LocalModel = Type.Object(
  {
    service: Type.String({
      minLength: 1,
      description: 'id of a service of this topology, which gets the text as it is',
    }),
    shape: Type.Union([Type.Literal('chat'), Type.Literal('analyzer')], {
      default: 'chat',
      description:
        "how it is asked: chat completions with a JSON schema, or Presidio's POST /analyze",
    }),
    name: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$',
        description: 'model it is asked for; default: the first it serves (chat)',
      }),
    ),
    language: Type.String({
      default: 'en',
      pattern: '^[a-z]{2,3}$',
      description: 'language it is told (analyzer)',
    }),
    least_score: Type.Number({
      default: 0.4,
      minimum: 0,
      maximum: 1,
      description: 'findings it believes less are left out (analyzer)',
    }),
    required: Type.Boolean({
      default: false,
      description: 'refuse what it did not look at, instead of going on without it',
    }),
    deadline: Duration({
      default: '5s',
      description: 'longest time it may take of one request; then it counts as failed',
    }),
  },
  { additionalProperties: false, description: 'a model of the LAN that helps to find' },
)
export type ModelSettings = Static<typeof LocalModel>

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
  model: Type.Optional(LocalModel),
  frontier: Type.Optional(Frontier),
})
export type Settings = Static<typeof Settings>
