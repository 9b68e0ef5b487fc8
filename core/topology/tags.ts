import { type SchemaOptions, type Static, type TSchema, Type } from '@sinclair/typebox'

/**
 * Building blocks for a kind's settings. Each carries a tag by which core finds the value, wherever
 * in the settings it stands, and checks what it means: that a host exists, that a port is free.
 */
export type Tag =
  | 'host'
  | 'port'
  | 'container-name'
  | 'gpus'
  | 'duration'
  | 'secret'
  | 'url'
  | 'public-url'
  | 'endpoint'

/** The keyword of a schema under which its tag stands. */
export const TAG = 'x-tag'
/** The keyword that says in words what a pattern wants, for messages. */
export const EXPECTS = 'x-expects'

const tagged = (tag: Tag, expects: string, options: SchemaOptions) => ({
  [TAG]: tag,
  [EXPECTS]: expects,
  ...options,
})

/** The tag of a schema, if it has one. */
export const tagOf = (schema: TSchema): Tag | undefined => schema[TAG] as Tag | undefined

/** The id of a host under `hosts:`. */
export const HostRef = (options: SchemaOptions = {}) =>
  Type.String({ minLength: 1, ...tagged('host', 'the id of a host under hosts:', options) })

/** A TCP port. */
export const Port = (options: SchemaOptions = {}) =>
  Type.Integer({ minimum: 1, maximum: 65535, ...tagged('port', 'a port from 1 to 65535', options) })

/** The name of a container; no two enabled services may have the same on one host. */
export const ContainerName = (options: SchemaOptions = {}) =>
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$',
    ...tagged(
      'container-name',
      'a container name: letters, digits, "_", "." and "-", the first a letter or digit',
      options,
    ),
  })

/** `all`, or the numbers of the GPUs a service may use. Two services on one GPU are a warning. */
export const GpuList = (options: SchemaOptions = {}) =>
  Type.Union(
    [
      Type.Literal('all'),
      Type.Array(Type.Integer({ minimum: 0, maximum: 63 }), { minItems: 1, uniqueItems: true }),
    ],
    tagged('gpus', '"all" or a list of GPU numbers such as [0, 1]', options),
  )

/** A span of time with its unit: `500ms`, `30s`, `5m`, `2h`. `durationMs` turns it into a number. */
export const Duration = (options: SchemaOptions = {}) =>
  Type.String({
    pattern: '^[1-9][0-9]{0,8}(ms|s|m|h|d)$',
    ...tagged('duration', 'a time with its unit, such as 30s, 5m or 2h', options),
  })

/** A key, token or password: never logged, never returned. Write it as a placeholder. */
export const Secret = (options: SchemaOptions = {}) =>
  Type.String({ minLength: 1, ...tagged('secret', 'a secret', options) })

/** `http://address:port` of a server in a private range; no path, user or query. */
export const Url = (options: SchemaOptions = {}) =>
  Type.String({
    pattern: '^https?://[^/?#\\s]+/?$',
    ...tagged('url', 'an address such as http://192.168.1.101:8000, without a path', options),
  })

/**
 * `https://name` of a server anywhere, for calls a service makes itself. The one way out of the private
 * ranges: only a kind that runs in the controller may have it, and never are bytes of a caller handed
 * through to it. It stands as `url` in a map of the settings, whose key `service.http()` takes.
 */
export const PublicUrl = (options: SchemaOptions = {}) =>
  Type.String({
    pattern: '^https://[^/?#\\s@]+/?$',
    ...tagged('public-url', 'an address such as https://api.example.com, without a path', options),
  })

/** How a further server is written. */
export interface EndpointOptions extends SchemaOptions {
  /** The port where the topology names none. */
  port?: number
  /** Whether several services may point at the same server; then its port may be taken. */
  isShared?: boolean
}

/**
 * A further server of a service: `{ host?, port, url?, api_key?, container? }`, on the service's own host unless
 * it says otherwise. `service.http('<its key>')` reaches it.
 */
export const Endpoint = ({ port, isShared = false, ...options }: EndpointOptions = {}) =>
  Type.Object(
    {
      host: Type.Optional(HostRef({ description: "a host of hosts:; default: the service's own" })),
      port: Type.Optional(
        Port({
          description: 'port of the server',
          ...(port !== undefined && { 'x-usual': port }),
        }),
      ),
      url: Type.Optional(Url({ description: 'address of the server, instead of host and port' })),
      api_key: Type.Optional(Secret({ description: 'key the server asks for' })),
      container: Type.Optional(
        ContainerName({ description: 'container it runs in, to be started and stopped here' }),
      ),
    },
    {
      additionalProperties: false,
      ...tagged('endpoint', 'a server: { port: 6333 }', { 'x-shared': isShared, ...options }),
    },
  )
/** A further server, as the settings hold it. */
export type Endpoint = Static<ReturnType<typeof Endpoint>>

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Milliseconds of a duration such as `30s`; NaN for anything else. */
export function durationMs(text: string): number {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? []
  return digits === undefined
    ? Number.NaN
    : Number(digits) * UNITS_MS[unit as keyof typeof UNITS_MS]
}
