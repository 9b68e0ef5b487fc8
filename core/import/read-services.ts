import type { TSchema } from '@sinclair/typebox'
import type { LoadedKind } from '../catalog.ts'
import { fits } from '../http/validate.ts'
import { hostOfUrl, portOfUrl } from '../topology/address.ts'
import { SERVICE_KEYS } from '../topology/schema.ts'
import { tagOf } from '../topology/tags.ts'
import { schemaOfKey } from '../topology/walk-schema.ts'
import { createEntry, type Entry, type Noted, type Remark } from './draft.ts'
import type { OldNames } from './old-names.ts'
import type { Variable } from './read-env.ts'
import type { FoundHosts } from './read-hosts.ts'
import type { Variables } from './variables.ts'

/** What services are made of. */
export interface ServiceSources {
  variables: Variables
  hosts: FoundHosts
  remarks: Remark[]
  /** Whether a secret's variable is set here, so that a placeholder would be filled. */
  isSet(name: string): boolean
}

/** Services the variables speak of, and a line for each that was not spoken of. */
export function readServices(
  kinds: Iterable<LoadedKind>,
  sources: ServiceSources,
): { services: Entry[]; absent: string[] } {
  const services: Entry[] = []
  const absent: string[] = []
  const known = [...kinds].flatMap(({ plugin }) =>
    plugin.imports ? [{ plugin, names: plugin.imports }] : [],
  )
  // addresses first: a machine only one kind names is one of those guesses may fall on
  const read = known.map(({ plugin, names }) => ({
    ...{ plugin, names },
    found: readKeys(names, plugin.settings, sources),
  }))
  for (const { plugin, names, found } of read) {
    if (found.keys.size === 0 && !names.isAlways) {
      absent.push(
        `${names.id}: no variable spoke of it; if it ran, add { kind: ${plugin.kind}, host: … }`,
      )
      continue
    }
    const entry = createEntry(names.id)
    entry.comments.push(...found.comments)
    entry.keys.set('kind', { value: plugin.kind })
    if (plugin.place === 'host') placeOn(entry, found, names, sources.hosts)
    for (const [key, noted] of found.keys) entry.keys.set(key, noted)
    const own = entry.keys.get('host')?.value
    const others = sources.hosts.entries.map(({ id }) => id).filter((id) => id !== own)
    const hosts = typeof own === 'string' ? [own, ...others] : others
    for (const [key, { value, check }] of Object.entries(names.guesses?.(hosts) ?? {}))
      if (!entry.keys.has(key)) entry.keys.set(key, { value, check })
    services.push(entry)
  }
  return { services, absent }
}

function placeOn(entry: Entry, found: Entry, names: OldNames, hosts: FoundHosts): void {
  if (found.keys.has('host') || found.keys.has('url')) return
  const ids = hosts.entries.map(({ id }) => id)
  const host = names.usualHost === 'last' ? ids.at(-1) : ids[0]
  if (host === undefined) return
  const isGuess = ids.length > 1
  const check = 'nothing said which machine it runs on'
  entry.keys.set('host', { value: host, ...(isGuess && { check }) })
}

function readKeys(names: OldNames, settings: TSchema, sources: ServiceSources): Entry {
  const entry = createEntry(names.id)
  for (const [key, from] of Object.entries(names.variables)) {
    const variable = sources.variables.take(from)
    const schema = schemaAt(settings, key)
    if (!variable || !schema) continue
    for (const [at, noted] of valuesOf(key, schema, variable, sources)) {
      if (noted === undefined) entry.comments.push(at)
      else if (!entry.keys.has(at)) entry.keys.set(at, noted)
    }
  }
  return entry
}

/** The values a variable gives, by key; a line to keep as a comment comes with undefined. */
function* valuesOf(
  key: string,
  schema: TSchema,
  { name: from, text, file, line }: Variable,
  { hosts, remarks, isSet }: ServiceSources,
): Generator<[string, Noted | undefined]> {
  const tag = tagOf(schema)
  const tell = (told: string) => remarks.push({ file, line, column: 1, text: `${from}: ${told}` })
  if (tag === 'secret') {
    if (text === '') return
    if (isSet(from)) return yield [key, { value: `\${env:${from}}`, from }]
    tell(`set ${from} for this controller, then take the # from ${key}`)
    return yield [`${key}: \${env:${from}}   # once ${from} is set for this controller`, undefined]
  }
  if (text === '' && !fits(schema, '')) return tell('is empty, so it says nothing')
  if (tag === 'host') return yield [key, { value: hosts.idOf(text, from), from }]
  if (tag === 'url' && /:\/\/[^/]*@/.test(text))
    return tell(`it holds a login, which ${key} cannot have, so it is left out`)
  if (tag === 'url') return yield* placesOf(key, text, from, hosts)
  const value = candidates(text).find((candidate) => fits(schema, candidate))
  if (value !== undefined) return yield [key, { value, from }]
  tell(`its value is not one that ${key} can have, so it is left out`)
}

/** `http://192.168.1.102:8000` is a host and a port, so that its container can be looked after. */
function* placesOf(
  key: string,
  text: string,
  from: string,
  hosts: FoundHosts,
): Generator<[string, Noted]> {
  const address = hostOfUrl(text)
  const url = URL.parse(text)
  if (!address || url?.protocol !== 'http:') return yield [key, { value: text, from }]
  const path = url.pathname === '/' ? {} : { check: `the path ${url.pathname} is left out` }
  const base = key.slice(0, -'url'.length)
  yield [`${base}host`, { value: hosts.idOf(address, from), from }]
  yield [`${base}port`, { value: portOfUrl(text), from, ...path }]
}

/** A text as whatever it may stand for, the more special first. */
function candidates(text: string): unknown[] {
  const bool = /^(true|yes|on)$/i.test(text)
    ? [true]
    : /^(false|no|off)$/i.test(text)
      ? [false]
      : []
  const number = /^\d{1,15}(\.\d+)?$/.test(text) ? [Number(text)] : []
  return [...number, ...bool, text, text.split(/[\s,]+/).filter(Boolean)]
}

function schemaAt(settings: TSchema, key: string): TSchema | undefined {
  const [first = '', ...rest] = key.split('.')
  const core = (SERVICE_KEYS as Readonly<Record<string, TSchema>>)[first]
  return rest.reduce<TSchema | undefined>(
    (schema, part) => schema && schemaOfKey(schema, part),
    core ?? schemaOfKey(settings, first),
  )
}
