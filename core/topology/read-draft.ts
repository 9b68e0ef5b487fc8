import { checkDisabled } from './check.ts'
import { checkAccess, checkHost } from './check-hosts.ts'
import { checkShape } from './check-shape.ts'
import { checkWebhooks } from './check-webhooks.ts'
import type { Draft, DraftService } from './draft.ts'
import { fitToSchema } from './fit-to-schema.ts'
import type { KindFacts } from './kind-facts.ts'
import { type Pointer, under } from './pointer.ts'
import { type Reading, shown } from './reading.ts'
import { type HostKeys, Root, SERVICE_KEYS, serviceSchema } from './schema.ts'
import { didYouMean, listNames } from './suggest.ts'
import { isMap } from './walk-schema.ts'

/** Checks the tree against the core's keys, then each service against its kind; keeps what is sound. */
export function readDraft(tree: unknown, kinds: readonly KindFacts[], reading: Reading): Draft {
  const whole = isMap(tree) ? withoutEmpty(tree) : {}
  if (!isMap(tree))
    reading.mistakes.add({
      at: '',
      code: 'VALUE_TYPE',
      message: `the file is ${Array.isArray(tree) ? 'a list' : 'a single value'}; expected keys such as hosts: and services:`,
      hint: '`npx spark-control example > topology.yaml` writes one to edit',
    })
  const root = fitToSchema(Root, whole, '', reading.resolved) as Root
  checkShape(Root, root, '', reading)
  checkAccess(root, reading)
  checkWebhooks(root.webhooks, reading)
  const services = isMap(root.services) ? root.services : {}
  const disabled = Array.isArray(root.disabled) ? root.disabled : []
  checkDisabled(disabled, Object.keys(services), reading)
  return {
    root: reading.mistakes.all().length === 0 ? root : soundRoot(root, reading),
    hostIds: isMap(root.hosts) ? Object.keys(root.hosts) : [],
    hosts: soundHosts(root.hosts, reading),
    serviceIds: Object.keys(services),
    services: Object.entries(services).flatMap(([id, entry]) => {
      if (reading.mistakes.has(under('/services', id))) return []
      const service = readService(id, entry, kinds, reading)
      return service ? [{ ...service, isDisabled: disabled.includes(id) }] : []
    }),
  }
}

/** A key whose children are all commented out counts as left out. */
const withoutEmpty = (tree: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== null))

/** Defaults stand in for what has mistakes, so that the rest can still be checked. */
function soundRoot(root: Root, { mistakes, resolved }: Reading): Root {
  const kept = Object.entries(root).filter(([key]) => !mistakes.hasWithin(under('', key)))
  return fitToSchema(Root, Object.fromEntries(kept), '', resolved) as Root
}

function soundHosts(hosts: unknown, reading: Reading): Draft['hosts'] {
  const sound: Draft['hosts'] = new Map()
  for (const [id, host] of Object.entries(isMap(hosts) ? hosts : {})) {
    const at = under('/hosts', id)
    if (reading.mistakes.has(at)) continue
    const keys = prune(host, at, reading) as HostKeys
    checkHost(keys, at, reading)
    const address = keys.address ?? (keys.local ? '127.0.0.1' : undefined)
    if (address !== undefined && !reading.mistakes.hasWithin(at))
      sound.set(id, { ...keys, address })
  }
  return sound
}

function readService(
  id: string,
  entry: unknown,
  kinds: readonly KindFacts[],
  reading: Reading,
): Omit<DraftService, 'isDisabled'> | undefined {
  const at = under('/services', id)
  const facts = findKind(entry, at, kinds, reading)
  if (!facts) return undefined
  const schema = serviceSchema(facts.settings)
  const filled = fitToSchema(schema, entry, at, reading.resolved)
  checkShape(schema, filled, at, reading)
  const { kind: _, ...keys } = prune(filled, at, reading) as Record<string, unknown>
  const port = keys.port ?? (keys.url === undefined ? facts.defaultPort : undefined)
  const own = Object.entries(keys).filter(([key]) => !Object.hasOwn(SERVICE_KEYS, key))
  const common = Object.entries(keys).filter(([key]) => Object.hasOwn(SERVICE_KEYS, key))
  return {
    ...(Object.fromEntries(common) as Pick<DraftService, 'default' | 'retry'>),
    id,
    at,
    facts,
    isSound: !reading.mistakes.hasWithin(at),
    ...(facts.place === 'host' && typeof port === 'number' && { port }),
    settings: Object.fromEntries(own),
  }
}

/** The value without what is wrong in it, so that the rest can be checked as well. */
function prune(value: unknown, at: Pointer, reading: Reading): unknown {
  if (reading.mistakes.has(at)) return undefined
  if (Array.isArray(value)) return value.map((item, i) => prune(item, under(at, i), reading))
  if (!isMap(value)) return value
  const kept = Object.entries(value).map(([key, item]) => [
    key,
    prune(item, under(at, key), reading),
  ])
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined))
}

/** The kind an entry names; without one nothing else of the entry can be judged. */
function findKind(
  entry: unknown,
  at: Pointer,
  kinds: readonly KindFacts[],
  reading: Reading,
): KindFacts | undefined {
  const names = kinds.map(({ kind }) => kind)
  if (!isMap(entry)) {
    reading.mistakes.add({
      at,
      code: 'VALUE_TYPE',
      message: `is ${entry === null ? 'empty' : 'no map of keys'}; expected keys such as { kind: …, host: … }`,
    })
    return undefined
  }
  const written = entry.kind
  const facts = kinds.find(({ kind }) => kind === written)
  if (facts) return facts
  const kindAt = under(at, 'kind')
  if (written === undefined)
    reading.mistakes.add({
      at: kindAt,
      code: 'KEY_MISSING',
      message: `is missing; kinds here: ${listNames(names, 20)}`,
      ...(Object.keys(entry).some((key) => key.startsWith('kind:')) && {
        hint: 'put a space after the colon of kind:',
      }),
    })
  else if (!reading.brokenKinds.has(String(written)))
    reading.mistakes.add({
      at: kindAt,
      code: 'KIND_UNKNOWN',
      message: `is ${shown(reading, kindAt, written)}; kinds here: ${listNames(names, 20)}`,
      hint: didYouMean(String(written), names) ?? 'a kind of your own is listed under plugins:',
    })
  return undefined
}
