import type { TSchema } from '@sinclair/typebox'
import type { KindFacts } from './kind-facts.ts'
import { ID_PATTERN, Root, SERVICE_KEYS } from './schema.ts'

type Json = { [key: string]: unknown }

/**
 * The JSON schema (draft-07) by which editors complete and check topology.yaml, made of the core's
 * keys and those of `kinds`. It takes a placeholder wherever a number, boolean or pattern stands.
 */
export function topologyJsonSchema(kinds: readonly KindFacts[]): Json {
  const sorted = [...kinds].sort((a, b) => (a.kind < b.kind ? -1 : 1))
  const root = plain(Root) as { properties: Json }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Spark Control topology',
    description: 'The hosts of a small GPU cluster and the services on them.',
    ...root,
    properties: {
      ...root.properties,
      services: {
        ...(root.properties.services as Json),
        patternProperties: { [ID_PATTERN]: { $ref: '#/definitions/service' } },
      },
    },
    definitions: {
      placeholder: {
        type: 'string',
        description: `a value from elsewhere: \${env:NAME}, \${env:NAME:-default} or \${file:/path}`,
        pattern: '\\$\\{(env|file):[^}]+\\}',
      },
      service: serviceOf(sorted),
    },
  }
}

/** A service is what its kind makes of it: the branch of its `kind` says which keys there are. */
const serviceOf = (kinds: readonly KindFacts[]): Json => ({
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { description: SERVICE_KEYS.kind.description, enum: kinds.map(({ kind }) => kind) },
  },
  allOf: kinds.map((facts) => ({
    if: { properties: { kind: { const: facts.kind } }, required: ['kind'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
    then: branchOf(facts),
  })),
})

function branchOf({ place, settings, defaultPort }: KindFacts): Json {
  const { kind: _, host, port, url, user, ...rest } = SERVICE_KEYS
  const usual = typeof defaultPort === 'number' ? { default: defaultPort } : {}
  const places = place === 'host' ? { host, port: { ...port, ...usual }, url, user } : {}
  const keys = { ...places, ...rest, ...settings.properties } as Record<string, TSchema>
  const required = ((settings.required ?? []) as string[]).filter(
    (key) => keys[key]?.default === undefined,
  )
  return {
    propertyNames: { enum: ['kind', ...Object.keys(keys)] },
    properties: Object.fromEntries(Object.entries(keys).map(([key, s]) => [key, plain(s)])),
    ...(required.length > 0 && { required }),
    ...(place === 'host' && { oneOf: [{ required: ['host'] }, { required: ['url'] }] }),
  }
}

/** A TypeBox schema as plain JSON: tags dropped, defaults not required, placeholders let in. */
function plain(schema: TSchema): Json {
  const json: Json = isEnum(schema) ? { enum: constsOf(schema) } : {}
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-') || key === 'required' || (key === 'anyOf' && json.enum)) continue
    if (key === 'properties' || key === 'patternProperties') json[key] = plainEach(value)
    else if (key === 'items') json[key] = plain(value)
    else if (key === 'anyOf' || key === 'allOf') json[key] = value.map(plain)
    else if (key === 'additionalProperties' && typeof value === 'object') json[key] = plain(value)
    else json[key] = value
  }
  const required = ((schema.required ?? []) as string[]).filter(
    (key) => schema.properties?.[key]?.default === undefined,
  )
  if (required.length > 0) json.required = required
  return takesPlaceholder(schema) ? letPlaceholderIn(json) : json
}

const plainEach = (schemas: Record<string, TSchema>): Json =>
  Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, plain(schema)]))

/** Texts without a pattern take a placeholder as they are. */
function takesPlaceholder({
  type,
  anyOf,
  pattern,
  minLength,
  maxLength,
  ...rest
}: TSchema): boolean {
  if (type === 'string')
    return pattern !== undefined || minLength !== undefined || maxLength !== undefined
  return (
    type === 'integer' || type === 'number' || type === 'boolean' || isChoice({ anyOf, ...rest })
  )
}

const constsOf = (schema: TSchema): unknown[] =>
  ((schema.anyOf ?? []) as TSchema[]).map((member) => member.const)

const isEnum = (schema: TSchema): boolean =>
  Array.isArray(schema.anyOf) && constsOf(schema).every((value) => value !== undefined)

/** A literal, or a union with one: some of its values are scalars. */
const isChoice = (schema: { anyOf?: unknown; const?: unknown }): boolean =>
  schema.const !== undefined ||
  (Array.isArray(schema.anyOf) &&
    schema.anyOf.some((member: TSchema) => member.const !== undefined))

function letPlaceholderIn({ description, default: usual, ...own }: Json): Json {
  return {
    ...(description !== undefined && { description }),
    ...(usual !== undefined && { default: usual }),
    anyOf: [...flat(own), { $ref: '#/definitions/placeholder' }],
  }
}

/** The members of a union, without the placeholders they were given one by one. */
const flat = (own: Json): unknown[] =>
  Array.isArray(own.anyOf) && Object.keys(own).length === 1
    ? own.anyOf.flatMap((member: Json) =>
        Array.isArray(member.anyOf) && JSON.stringify(member).includes('definitions/placeholder')
          ? member.anyOf.filter((inner: Json) => inner.$ref === undefined)
          : [member],
      )
    : [own]
