import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox'
import { Duration, EXPECTS, HostRef, Port, Secret, Url } from './tags.ts'
import { Webhook } from './webhook-keys.ts'

/** Ids of hosts and services, and the name of a cluster. */
export const ID_PATTERN = '^[a-z0-9][a-z0-9-]{0,62}$'
const ID_EXPECTS = 'lower-case letters, digits and "-", the first a letter or digit'

/** The keyword for values that have to be shown, such as addresses, also if a placeholder gave them. */
export const SHOWN = 'x-shown'

const closed = <P extends TProperties>(properties: P, options = {}): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, ...options })

const text = (description: string, pattern: string, expects: string, options = {}) =>
  Type.String({ description, pattern, [EXPECTS]: expects, ...options })

const Address = (description: string) =>
  Type.String({ description, minLength: 1, maxLength: 253, [SHOWN]: true })

const User = (description: string) =>
  text(
    description,
    '^([A-Za-z0-9_][A-Za-z0-9_.@\\\\-]{0,63})?$',
    'a login name: letters, digits, "_", "." and "-"',
    { [SHOWN]: true },
  )

const ABSOLUTE = '^(/|~/)[^\\u0000-\\u001f]*$'
const HostPath = (description: string) =>
  text(description, ABSOLUTE, 'a path that begins with / or ~/')

const IdList = (description: string) =>
  Type.Array(Type.String({ [SHOWN]: true }), { description, default: [] })

/** An entry of `access.tokens`, as `spark-control token NAME` prints it. */
export const AccessToken = closed({
  name: text('whose it is, shown where something was done', ID_PATTERN, ID_EXPECTS),
  scope: Type.Union([Type.Literal('read'), Type.Literal('use'), Type.Literal('operate')], {
    description: 'the most it may: read looks, use spends time of services, operate changes things',
  }),
  hash: Secret({
    description: 'sha256: and the hash of the token',
    pattern: '^sha256:[0-9a-f]{64}$',
    [EXPECTS]: 'sha256: and 64 hex digits, as `spark-control token NAME` prints it',
  }),
})

/** A machine under `hosts:`. */
export const Host = closed({
  address: Type.Optional(
    Address(
      'IP address of the machine, in a private range. A name works, with a warning: it can resolve to ' +
        'IPv6 first and hang; default: required, unless local',
    ),
  ),
  user: Type.Optional(User('login name for SSH; without it the machine is reached by HTTP only')),
  ssh: closed(
    {
      port: Port({ description: 'port of the SSH server', default: 22 }),
      key: Type.Optional(
        HostPath("private key file on the controller; default: the controller's own key"),
      ),
    },
    { description: 'how to reach the SSH server', default: {} },
  ),
  fabric: Type.Optional(
    Address('IP address on the fast link between the machines, for copies and clusters'),
  ),
  hf_home: Type.Optional(
    HostPath('HF_HOME on the machine, where downloaded models lie; default: what its shell says'),
  ),
  model_dirs: Type.Array(HostPath('a folder of models on the machine'), {
    description: 'further folders of local and fine-tuned models; deleted only by typing the name',
    maxItems: 32,
    default: [],
  }),
  container_runtime: Type.Union([Type.Literal('docker'), Type.Literal('podman')], {
    description: 'program that runs the containers on the machine',
    default: 'docker',
  }),
  memory: Type.Union([Type.Literal('auto'), Type.Literal('unified'), Type.Literal('discrete')], {
    description: 'whether GPU and CPU share one memory (unified: DGX Spark), found out if auto',
    default: 'auto',
  }),
  disk_low: text(
    'tell the owner when a disk has less room than this, or than a tenth of it',
    '^(off|[1-9][0-9]{0,5}[mg])$',
    'off, or an amount of room such as 20g or 500m',
    { default: '20g' },
  ),
  local: Type.Boolean({
    description: 'the controller runs on this very machine: commands run without SSH',
    default: false,
  }),
})

/** Keys every service may have, whatever its kind. */
export const SERVICE_KEYS = {
  kind: Type.String({ description: 'what the service is: the name of a plugin folder' }),
  host: Type.Optional(
    HostRef({ description: 'the host of hosts: it runs on; default: required, or url' }),
  ),
  port: Type.Optional(Port({ description: "port of its server; default: the kind's usual one" })),
  url: Type.Optional(Url({ description: 'address of its server, instead of host and port' })),
  api_key: Type.Optional(Secret({ description: 'key its server asks for; write a placeholder' })),
  user: Type.Optional(
    User("login name for SSH; empty: no SSH for this service; default: the host's"),
  ),
  request_timeout: Type.Optional(
    Duration({ description: 'longest wait for an answer, such as 10m; default: no limit' }),
  ),
  concurrency: Type.Optional(
    Type.Integer({
      description: 'requests it is sent at the same time; default: no limit, or that of its kind',
      minimum: 1,
      maximum: 10_000,
    }),
  ),
  queue: Type.Optional(
    Type.Integer({
      description:
        'requests that wait for a place; more are answered 429; default: 8, with concurrency',
      minimum: 0,
      maximum: 10_000,
    }),
  ),
  max_wait: Type.Optional(
    Duration({
      description:
        'longest wait for a place; then it is answered 503; default: 1m, with concurrency',
    }),
  ),
  retry: Type.Integer({
    description:
      'how often a request is sent again that cannot have reached its server, or may come twice',
    minimum: 0,
    maximum: 5,
    default: 0,
  }),
  default: Type.Boolean({
    description: 'the one of its kind that is meant when a caller names none',
    default: false,
  }),
} as const

/** The top of the file. Services are checked apart, each against its kind. */
export const Root = closed({
  cluster: text('name of the cluster, shown in the dashboard', ID_PATTERN, ID_EXPECTS, {
    default: 'cluster',
    [SHOWN]: true,
  }),
  listen: closed(
    {
      host: Type.String({
        description: 'IP address to listen on; 0.0.0.0: all of them',
        default: '127.0.0.1',
        [SHOWN]: true,
      }),
      port: Port({ description: 'port of the dashboard and the API', default: 9999 }),
    },
    { description: 'where the controller listens; default: this machine only', default: {} },
  ),
  access: closed(
    {
      hosts: Type.Array(
        text(
          'a host name without http:// and port',
          '^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$',
          'a host name without http:// and port, such as spark-control.lan',
          { [SHOWN]: true },
        ),
        {
          description:
            'names the dashboard is opened under; IP addresses and localhost always work',
          default: [],
        },
      ),
      tokens: Type.Array(AccessToken, {
        description: 'tokens of people and programs; without any, everybody may everything',
        maxItems: 64,
        default: [],
      }),
      trusted_origins: Type.Array(
        text(
          'an origin such as https://app.example.lan',
          '^https?://[^/?#\\s@]+$',
          'an origin such as https://app.example.lan, without a path',
          { [SHOWN]: true },
        ),
        { description: 'origins of browser apps that may call the API', default: [] },
      ),
      trusted_proxies: Type.Array(Type.String({ [SHOWN]: true }), {
        description: 'addresses or ranges of proxies whose X-Forwarded headers count',
        default: [],
      }),
    },
    { description: 'who may open the dashboard and call the API', default: {} },
  ),
  hosts: Type.Record(Type.String({ pattern: ID_PATTERN }), Host, {
    description: 'the machines, by a name of your choice',
    additionalProperties: false,
    [EXPECTS]: ID_EXPECTS,
    default: {},
  }),
  services: Type.Record(Type.String({ pattern: ID_PATTERN }), Type.Unknown(), {
    description: 'what runs on them, by a name of your choice; it is the path under /api',
    additionalProperties: false,
    [EXPECTS]: ID_EXPECTS,
    default: {},
  }),
  disabled: IdList('ids of services that are not started, watched, routed or shown'),
  plugins: Type.Array(Type.String({ minLength: 1 }), {
    description: 'folders of further kinds, from here (./my-kinds/whisper) or absolute',
    examples: [['./my-kinds/whisper']],
    maxItems: 64,
    default: [],
  }),
  webhooks: Type.Array(Webhook, {
    description: 'where events are sent',
    maxItems: 32,
    default: [],
  }),
})
/** The top of the file, defaults filled in. */
export type Root = Static<typeof Root>
/** A machine under `hosts:`, defaults filled in. */
export type HostKeys = Static<typeof Host>

/** The whole entry of a service of one kind: the core's keys and the kind's own, closed. */
export const serviceSchema = (settings: TObject): TObject =>
  closed({ ...SERVICE_KEYS, ...(settings.properties as Record<string, TSchema>) })
