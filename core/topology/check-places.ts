import { addressKind, hostOfUrl, whyNotOrigin } from './address.ts'
import { checkAddress } from './check-hosts.ts'
import type { Draft, DraftService } from './draft.ts'
import { type DraftEndpoint, endpointsOf } from './endpoints.ts'
import { lastOf, type Pointer, under } from './pointer.ts'
import { type Reading, shown } from './reading.ts'
import { didYouMean, listNames } from './suggest.ts'
import { tagOf } from './tags.ts'
import { walkSchema } from './walk-schema.ts'

/** Checks where a service is: its server, further servers of its settings, hosts they name. */
export function checkPlaces(service: DraftService, draft: Draft, reading: Reading): void {
  if (service.facts.place === 'controller') checkNoPlace(service, reading)
  for (const endpoint of endpointsOf(service)) checkEndpoint(endpoint, service, draft, reading)
  if (service.host !== undefined)
    checkHostId(service.host, under(service.at, 'host'), draft, reading)
  for (const { schema, value, at } of walkSchema(
    service.facts.settings,
    service.settings,
    service.at,
  ))
    if (typeof value !== 'string') continue
    else if (tagOf(schema) === 'host') checkHostId(value, at, draft, reading)
    else if (tagOf(schema) === 'public-url') checkPublicUrl(value, at, reading)
}

/** Anywhere, but only over TLS, and by what is a name or an address. */
function checkPublicUrl(url: string, at: Pointer, reading: Reading): void {
  const host = url.startsWith('https://') ? hostOfUrl(url) : undefined
  const isPlace = host !== undefined && addressKind(host) !== 'invalid'
  const why = isPlace ? whyNotOrigin(url) : 'is not the https:// address of a server'
  if (why === undefined) return
  reading.mistakes.add({
    at,
    code: 'ADDRESS_INVALID',
    message: why,
    hint: 'write scheme, name and port only, such as https://api.example.com',
  })
}

function checkNoPlace(service: DraftService, { mistakes }: Reading): void {
  for (const key of ['host', 'port', 'url', 'user'] as const)
    if (service[key] !== undefined)
      mistakes.add({
        at: under(service.at, key),
        code: 'HOST_NOT_TAKEN',
        isAboutKey: true,
        message: `is not taken: kind "${service.facts.kind}" runs in the controller itself`,
        hint: `remove ${key}`,
      })
}

function checkEndpoint(
  endpoint: DraftEndpoint,
  service: DraftService,
  draft: Draft,
  reading: Reading,
): void {
  const { mistakes } = reading
  const { at, url, host } = endpoint
  if (url !== undefined) {
    checkUrl(url, under(at, 'url'), reading)
    if (host !== undefined)
      mistakes.add({
        at: under(at, 'host'),
        code: 'HOST_AND_URL',
        isAboutKey: true,
        message: 'stands beside url; a server has one place',
        hint: 'keep host and port, or url',
      })
    if (reading.places.has(under(at, 'port')))
      mistakes.add({
        at: under(at, 'port'),
        code: 'PORT_AND_URL',
        isAboutKey: true,
        message: 'stands beside url, which holds the port itself',
        hint: 'write the port into url',
      })
    return
  }
  if (host === undefined) {
    // a host that is there and wrong is told already
    if (mistakes.has(under(at, 'host')) || mistakes.has(under(at, 'url'))) return
    mistakes.add({
      at,
      code: 'HOST_MISSING',
      isAboutKey: true,
      message: endpoint.isMain
        ? 'says neither host nor url'
        : 'says neither host nor url, and the service has no host of its own',
      hint:
        draft.hostIds.length > 0
          ? `add host: with one of ${listNames(draft.hostIds)}, or url:`
          : 'name its machine under hosts:, then here as host:, or add url:',
      missing: [under(at, 'host'), under(at, 'url')],
    })
    return
  }
  const mayLackPort = endpoint.isMain && service.facts.defaultPort === null
  if (endpoint.port === undefined && !mayLackPort)
    mistakes.add({
      at: under(at, 'port'),
      code: 'PORT_MISSING',
      message: endpoint.isMain
        ? `is missing, and kind "${service.facts.kind}" has no usual port`
        : 'is missing, and this server has no usual port',
      hint: 'add port:',
      missing: [under(at, 'port')],
    })
}

function checkUrl(url: string, at: Pointer, reading: Reading): void {
  const host = hostOfUrl(url)
  const why = host === undefined ? 'is not an http:// or https:// address' : whyNotOrigin(url)
  if (host !== undefined && why === undefined) {
    checkAddress(host, at, reading)
    return
  }
  reading.mistakes.add({
    at,
    code: 'ADDRESS_INVALID',
    // a URL that cannot be used may hold a password
    message: host === undefined ? `is ${shown(reading, at, url)}, which ${why}` : `${why}`,
    hint: 'write scheme, address and port only, such as http://192.168.1.101:8000',
  })
}

function checkHostId(id: string, at: Pointer, draft: Draft, reading: Reading): void {
  if (draft.hostIds.includes(id)) return
  const hint = didYouMean(id, draft.hostIds)
  const isUrl = lastOf(at) === 'host' && /[.:]/.test(id)
  reading.mistakes.add({
    at,
    code: 'HOST_UNKNOWN',
    message: `is ${shown(reading, at, id)}; hosts: has ${listNames(draft.hostIds)}`,
    ...(hint
      ? { hint }
      : { hint: isUrl ? 'give the machine a name under hosts:' : 'add it under hosts:' }),
  })
}
