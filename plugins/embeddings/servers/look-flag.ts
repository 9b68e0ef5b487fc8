import { Type, Value } from '#core'
import { type Ask, jsonOf } from './ask.ts'
import type { FlagDoor, Found } from './found.ts'

/**
 * FlagEmbedding has no server of its own; those people write around it are FastAPI apps, which
 * describe themselves at /openapi.json. Paths and field names are the ones in use.
 */
const EMBED_PATHS = ['/encode', '/embed', '/embeddings', '/v1/encode', '/api/embed', '/embed_all']
const RERANK_PATHS = ['/rerank', '/v1/rerank', '/compute_score', '/score', '/api/rerank']
const TEXT_FIELDS = ['texts', 'sentences', 'inputs', 'input', 'text']
const DOCUMENT_FIELDS = ['documents', 'passages', 'texts', 'docs', 'pairs', 'sentence_pairs']

const Described = Type.Object({
  info: Type.Optional(Type.Object({ title: Type.Optional(Type.String()) })),
  paths: Type.Record(Type.String(), Type.Unknown()),
  components: Type.Optional(
    Type.Object({ schemas: Type.Optional(Type.Record(Type.String(), Type.Unknown())) }),
  ),
})

/** A FlagEmbedding-like server; `given` is the path the topology names. Undefined if it is another. */
export async function lookFlag(ask: Ask, given?: string): Promise<Found | undefined> {
  const described = jsonOf(await ask('/openapi.json'))
  const isDescribed = Value.Check(Described, described)
  if (!isDescribed && given === undefined) return undefined
  const fieldsAt = (path: string): string[] | undefined =>
    isDescribed ? fieldsOf(described, path) : undefined
  const embedDoor = doorOf(given === undefined ? EMBED_PATHS : [given], TEXT_FIELDS, fieldsAt)
  const rerankDoor = doorOf(RERANK_PATHS, DOCUMENT_FIELDS, fieldsAt)
  const named =
    embedDoor ?? (given === undefined ? undefined : { path: given, field: 'texts', fields: [] })
  if (!named && !rerankDoor) return undefined
  return {
    shape: 'flag',
    prefix: '',
    models: [],
    maxBatch: null,
    ...(named && { embedDoor: named }),
    ...(rerankDoor && { rerankDoor }),
    identity: `flag ${named?.path} ${rerankDoor?.path}`,
  }
}

function doorOf(
  paths: readonly string[],
  known: readonly string[],
  fieldsAt: (path: string) => string[] | undefined,
): FlagDoor | undefined {
  for (const path of paths) {
    const fields = fieldsAt(path) ?? []
    const field = known.find((name) => fields.includes(name))
    if (field !== undefined) return { path, field, fields }
  }
  return undefined
}

/** Names of the fields of the JSON body a path takes by POST. */
function fieldsOf(described: typeof Described.static, path: string): string[] | undefined {
  if (!Object.hasOwn(described.paths, path)) return undefined
  const schema = dig(described.paths[path], [
    'post',
    'requestBody',
    'content',
    'application/json',
    'schema',
  ])
  const ref = dig(schema, ['$ref'])
  const name = typeof ref === 'string' ? ref.replace(/^#\/components\/schemas\//, '') : undefined
  const body = name === undefined ? schema : described.components?.schemas?.[name]
  const properties = dig(body, ['properties'])
  return isMap(properties) ? Object.keys(properties) : undefined
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const dig = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    value,
  )
