import type { TObject, TSchema } from '@sinclair/typebox'
import { stringify } from 'yaml'
import type { KindFacts } from './kind-facts.ts'
import { AccessToken, Host, Root, SERVICE_KEYS } from './schema.ts'
import { Endpoint, TAG, tagOf } from './tags.ts'
import { isMap } from './walk-schema.ts'
import { Webhook } from './webhook-keys.ts'

/** A line of the reference: a key with all there is to say of it. */
export interface KeyLine {
  /** `ssh.port`; `patterns[].name` for a key of the entries of a list. */
  key: string
  type: string
  usual: string
  meaning: string
  /** One line of YAML that sets it; none for a map that is shown by its keys. */
  example?: string
}

/** The keys of one place in a topology, by the name of the place: `file`, `host`, `kind vllm`. */
export type Reference = Map<string, KeyLine[]>

/**
 * Every key of a topology, made of the schemas, with the values of `example`: a parsed topology in
 * which each of them is set.
 */
export function topologyReference(kinds: readonly KindFacts[], example: unknown): Reference {
  const file = isMap(example) ? example : {}
  const entries = (at: string): unknown[] => Object.values(isMap(file[at]) ? file[at] : {})
  const services = entries('services').filter(isMap)
  const servers = services.flatMap(Object.values).filter((value) => isMap(value) && !value.kind)
  const { tokens } = isMap(file.access) ? file.access : {}
  const [[id = '', { kind, host }] = ['', {}]] = Object.entries(
    (file.services ?? {}) as Record<string, { kind?: string; host?: string }>,
  )
  const sorted = [...kinds].sort((a, b) => (a.kind < b.kind ? -1 : 1))
  return new Map([
    ['file', linesOf(Root, [{ ...file, services: { [id]: { kind, host } } }])],
    ['token', linesOf(AccessToken, tokens as unknown[])],
    ['host', linesOf(Host, entries('hosts'))],
    ['service', linesOf({ properties: SERVICE_KEYS, required: ['kind'] }, services)],
    ['server', linesOf(Endpoint(), servers)],
    ['webhook', linesOf(Webhook, file.webhooks as unknown[])],
    ...sorted.map(({ kind, settings }): [string, KeyLine[]] => [
      `kind ${kind}`,
      linesOf(
        settings,
        services.filter((service) => service.kind === kind),
      ),
    ]),
  ])
}

type MapSchema = Pick<TObject, 'properties'> & { required?: string[] | undefined }

/** What the entries of a map or list are that have a part of the reference of their own. */
const OWN_PARTS: ReadonlySet<unknown> = new Set([AccessToken, Webhook, Host])

/** The schema of the keys of a map, or of the maps of a list. */
function belowOf(schema: TSchema): TObject | undefined {
  const [entry] = Object.values(schema.patternProperties ?? {}) as TSchema[]
  const below = schema.properties ? schema : (schema.items ?? entry)
  return below?.properties && tagOf(schema) !== 'endpoint' ? below : undefined
}

function linesOf(schema: MapSchema, values: readonly unknown[] = [], prefix = ''): KeyLine[] {
  return Object.entries(schema.properties).flatMap(([key, inner]) => {
    const found = values.filter(isMap).flatMap((value) => (key in value ? [value[key]] : []))
    const isRequired = schema.required?.includes(key) === true
    const line = lineOf(prefix + key, key, inner, isRequired, found)
    const below = belowOf(inner)
    if (!below || OWN_PARTS.has(below)) return [line]
    const isList = inner.items !== undefined
    const next = isList ? found.flat() : found
    const lines = linesOf(below, next, `${prefix}${key}${isList ? '[]' : ''}.`)
    // a map that is always there has nothing to say beside its keys
    return inner.properties && inner.default ? lines : [line, ...lines]
  })
}

function lineOf(
  path: string,
  key: string,
  schema: TSchema,
  isRequired: boolean,
  found: readonly unknown[],
): KeyLine {
  const [meaning = '', said] = (schema.description ?? '').split(/[;,] default: /)
  // a map with keys of its own is shown by them
  const value = belowOf(schema) ? undefined : (schema.examples?.[0] ?? found.find(isTold))
  return {
    key: path,
    type: typeOf(schema),
    usual: usualOf(schema, said, isRequired),
    meaning,
    ...(value !== undefined && { example: inYaml({ [key]: value }) }),
  }
}

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0
const isTold = (value: unknown): boolean => !isEmpty(value)

function usualOf(schema: TSchema, said: string | undefined, isRequired: boolean): string {
  if (said !== undefined) return said
  const usual = schema.default
  if (usual === undefined) return isRequired ? 'required' : 'none'
  if (isEmpty(usual) || usual === '' || (isMap(usual) && Object.keys(usual).length === 0))
    return 'none'
  return `\`${Array.isArray(usual) ? inYaml(usual) : usual}\``
}

const inYaml = (value: unknown): string =>
  // 1.1: what an older reader takes for a number or a boolean comes in quotes, as we want it
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, version: '1.1' })
    .trim()
    .replace(/^\{ (.*) \}$/, '$1')

/** What a tag wants, in a word or two. */
const TAGS: Record<string, string> = {
  host: 'id of a host',
  port: 'port',
  duration: 'time, such as `30s`',
  secret: 'secret',
  url: 'address',
  'public-url': 'https address',
  endpoint: '[server](#a-further-server)',
  'container-name': 'name',
  gpus: '`all`, or numbers',
}

function typeOf(schema: TSchema): string {
  const tag = TAGS[schema[TAG] as string]
  if (tag !== undefined) return tag
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(', ')
  if (schema.type === 'array') return `list of: ${typeOf(schema.items)}`
  if (schema.type === 'boolean') return '`true`, `false`'
  if (schema.type === 'object') return 'map'
  if (schema.type === 'integer' || schema.type === 'number') return `number${rangeOf(schema)}`
  return 'text'
}

const rangeOf = ({ minimum, maximum }: TSchema): string =>
  minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`
