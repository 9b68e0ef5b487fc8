import type { Draft } from './draft.ts'
import type { Pointer } from './pointer.ts'
import { type Reading, SECRET_KEY } from './reading.ts'
import { Root, SHOWN, serviceSchema } from './schema.ts'
import { tagOf } from './tags.ts'
import { isMap, walkSchema } from './walk-schema.ts'

/** Masking every "on" or "22" would spoil logs and protect nothing. */
const SHORTEST = 4

/**
 * Every text that must not be logged or returned: what placeholders gave, and literal secrets.
 * Numbers, addresses, hosts and other things a dashboard has to show are left out.
 */
export function collectSecrets(draft: Draft, reading: Reading): Set<string> {
  const secrets = new Set<string>()
  const open = new Set<Pointer>()
  const add = (text: string): void => {
    if (isSecret(text)) secrets.add(text)
  }
  const judge = (schema: Parameters<typeof walkSchema>[0], value: unknown, at: Pointer): void => {
    for (const inner of walkSchema(schema, value, at)) {
      if (inner.value === undefined) continue
      const tag = tagOf(inner.schema)
      if (inner.schema[SHOWN] || typeof inner.value !== 'string' || SHOWN_TAGS.has(tag ?? ''))
        open.add(inner.at)
      if (tag === 'secret' && typeof inner.value === 'string') add(inner.value)
    }
  }
  judge(Root, draft.root, '')
  for (const service of draft.services) {
    const { id: _, at, facts, isDisabled: __, settings, ...keys } = service
    judge(serviceSchema(facts.settings), { ...keys, ...settings }, at)
  }
  for (const [at, { parts }] of reading.resolved) {
    if (open.has(at)) continue
    for (const part of parts) add(part)
  }
  return secrets
}

/** Texts under keys that are called like secrets, for trees whose schema is not known. */
export function secretsByName(tree: unknown, key = ''): Set<string> {
  if (typeof tree === 'string') return new Set(isSecret(tree) && SECRET_KEY.test(key) ? [tree] : [])
  const inner = Array.isArray(tree)
    ? tree.map((item) => secretsByName(item, key))
    : isMap(tree)
      ? Object.entries(tree).map(([name, item]) => secretsByName(item, name))
      : []
  return inner.reduce((all, some) => all.union(some), new Set<string>())
}

/**
 * What follows the host in the urls of webhooks, by which Slack and ntfy know who may send, and a
 * token that somebody wrote where its hash belongs.
 */
export function secretsByPlace(tree: unknown): Set<string> {
  if (!isMap(tree)) return new Set()
  const urls = textsAt(tree.webhooks, 'url')
  const hashes = isMap(tree.access) ? textsAt(tree.access.tokens, 'hash') : []
  return new Set(
    [
      ...urls.map((url) => url.replace(/^https?:\/\/[^/]*\/?/, '')),
      ...hashes.filter((hash) => !hash.startsWith('sha256:')),
    ].filter(isSecret),
  )
}

const textsAt = (list: unknown, key: string): string[] =>
  (Array.isArray(list) ? list : []).flatMap((entry) =>
    isMap(entry) && typeof entry[key] === 'string' ? [entry[key]] : [],
  )

/** A placeholder that could not be replaced is no secret, and has to be seen. */
const isSecret = (text: string): boolean => text.length >= SHORTEST && !text.includes('${')

const SHOWN_TAGS: ReadonlySet<string> = new Set([
  'host',
  'url',
  'public-url',
  'port',
  'container-name',
  'duration',
])
