import { Readable } from 'node:stream'
import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HTTPMethods,
} from 'fastify'
import { callerOf } from '../access/principal.ts'
import type {
  Answer,
  Api,
  Call,
  ForwardRoute,
  JsonRoute,
  OperateHandler,
  Plan,
  RawRoute,
  Route,
} from '../api.ts'
import type { Act } from '../audit/act-entry.ts'
import { observe } from '../audit/observe.ts'
import type { LeaseRef } from '../coordination/lease.ts'
import type { ControlError } from '../errors.ts'
import type { Idempotency } from '../jobs/idempotency.ts'
import { spareLarge } from '../sparingly.ts'
import { sendContinue } from '../upstream/continue.ts'
import { declaredBytes, openUpload, tooLarge } from '../upstream/upload.ts'
import { operate } from './operate.ts'
import { schemaOf } from './route-schema.ts'
import { checkInput, closed } from './validate.ts'

/** What mounting needs from the rest of the core. */
export interface MountDeps extends Idempotency {
  /** Throws LEASE_HELD or LEASE_LOST; answers the lease of the token. */
  arbitrate?(holds: readonly string[], token: string | undefined): LeaseRef | undefined
  /** Told every act and what came of it; not what was only looked at, nor an answer given again. */
  record?(act: Act): void
}

/** A set of routes to mount: an api with its handlers below a prefix. */
export interface Mount {
  prefix: string
  api: Api
  handlers: Record<string, unknown>
  /** Hands a forward route through; absent where the api has none. */
  forward?(route: ForwardRoute, request: FastifyRequest, reply: FastifyReply): void
  tag: string
  /** Why none of these routes can answer. */
  failure?: ControlError
}

const JSON_LIMIT_BYTES = 1024 ** 2
const RAW_LIMIT_BYTES = 32 * 1024 ** 2
/** Adds the routes of an api to a Fastify app: schemas, effects, idempotency, the three forms. */
export function mountApi(app: FastifyInstance, mount: Mount, deps: MountDeps): void {
  for (const [key, route] of Object.entries(mount.api)) {
    const [method, path] = key.split(' ') as [HTTPMethods, string]
    const url = mount.prefix + (path === '/' && mount.prefix ? '' : path)
    const schema = schemaOf(route, mount.tag)
    const config = { effect: route.is_public ? 'public' : route.effect } as const
    const handler = mount.failure ? refusing(mount.failure) : mount.handlers[key]
    if (route.forward !== undefined) {
      const onRequest = forwarding(route, mount)
      app.route({ method, url, schema, config, onRequest, handler: onRequest })
    } else if (route.raw) {
      mountUnread(app, { method, url, schema, config }, (request, reply) =>
        answerRaw(route, handler as RawHandler, request, reply),
      )
    } else {
      app.route({
        method,
        url,
        schema,
        config,
        onRequest,
        bodyLimit: route.max_bytes ?? JSON_LIMIT_BYTES,
        handler: (request, reply) =>
          answerJson({ action: `${method} ${url}`, route, handler }, request, reply, deps),
      })
    }
  }
}

/**
 * Hands a request through before Fastify looks at its body, for which it has no use and no parser:
 * as a hook, since what a hook keeps for itself goes no further.
 */
function forwarding(route: ForwardRoute, mount: Mount) {
  const params = route.params && closed(route.params)
  return (request: FastifyRequest, reply: FastifyReply): void => {
    if (mount.failure) throw mount.failure
    if (params) checkInput(params, request.params, 'params')
    reply.hijack()
    mount.forward?.(route, request, reply)
  }
}

/** Stands in for every handler, plan and act of a service that could not be started. */
function refusing(failure: ControlError) {
  const refuse = () => {
    throw failure
  }
  return Object.assign(refuse, { plan: refuse, apply: refuse })
}

type RawHandler = (
  call: Call & { stream: Readable; headers: Record<string, string> },
) => Promise<{ status: number; headers: Record<string, string>; body: AsyncIterable<Uint8Array> }>

interface JsonTarget {
  /** `POST /api/swap` */
  action: string
  route: JsonRoute
  handler: unknown
}

async function answerJson(
  { action, route, handler }: JsonTarget,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: MountDeps,
): Promise<unknown> {
  const call = callOf(route, request, reply)
  const isDryRun = (call.query as { dry_run?: boolean }).dry_run === true
  const work = async (): Promise<Answer> => {
    if (route.effect !== 'operate') return (handler as (call: Call) => Promise<Answer>)(call)
    const act = (onPlan?: (plan: Plan | null) => void) =>
      operate(handler as OperateHandler<JsonRoute>, call as Call<JsonRoute>, {
        isDryRun,
        ...digestOf(request),
        arbitrate: (plan) => deps.arbitrate?.(plan?.holds ?? [], call.lockToken),
        ...(onPlan && { onPlan }),
      })
    if (isDryRun || !deps.record) return act()
    return observe({ action, route, caller: call.caller }, act, deps.record)
  }
  // What only looks is never kept: a plan shown again must be today's.
  if (route.effect !== 'operate' || isDryRun || route.is_secret) return send(reply, await work())
  const { method, url, body } = request
  const { idempotencyKey: key, caller } = call
  const once = { key, token: caller.token, route: `${method} ${url}`, body }
  return send(reply, await deps.once(once, work))
}

/** Sends a handler's answer; `undefined` values become an empty body. */
export function send(reply: FastifyReply, { status, value, headers }: Answer): FastifyReply {
  reply.code(status)
  if (headers) reply.headers(headers)
  if (value === undefined) return reply.send()
  reply.header('content-type', 'application/json; charset=utf-8')
  return reply.send(JSON.stringify(value))
}

async function answerRaw(
  route: RawRoute,
  handler: RawHandler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const maxBytes = route.max_bytes ?? RAW_LIMIT_BYTES
  if ((declaredBytes(request.raw) ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const call = callOf(route, request, reply)
  let stream: Readable | undefined
  const given = await handler({
    ...call,
    headers: request.headers as Record<string, string>,
    get stream() {
      stream ??= openUpload(request.raw, reply.raw, maxBytes, call.signal)
      return stream
    },
  })
  return reply.code(given.status).headers(given.headers).send(Readable.from(given.body))
}

/** A route whose body stays in the socket: an encapsulated app without body parsers. */
function mountUnread(
  app: FastifyInstance,
  route: { method: HTTPMethods; url: string; schema: object; config: FastifyContextConfig },
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  app.register(async (inner) => {
    inner.removeAllContentTypeParsers()
    inner.addContentTypeParser('*', (_request, _payload, done) => done(null))
    inner.route({ ...route, handler })
  })
}

/** Bodies that are read here are asked for; the pass-through asks when its upstream is there. */
const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
  spareLarge(request.raw, reply.raw)
  sendContinue(request.raw, reply.raw)
  done()
}

function callOf(route: Route, request: FastifyRequest, reply: FastifyReply): Call {
  const key = request.headers['idempotency-key']
  const lockToken = request.headers['x-lock-token']
  return {
    params: request.params as never,
    query: (request.query ?? {}) as never,
    body: ('body' in route ? request.body : undefined) as never,
    signal: leavingSignal(reply),
    caller: callerOf(request.raw, request.ip),
    ...(typeof key === 'string' && { idempotencyKey: key }),
    ...(typeof lockToken === 'string' && { lockToken }),
  }
}

function leavingSignal(reply: FastifyReply): AbortSignal {
  const abort = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort(new Error('the caller left'))
  })
  return abort.signal
}

function digestOf(request: FastifyRequest): { digest?: string } {
  const header = request.headers['x-plan-digest']
  const body = (request.body as { plan?: unknown } | undefined)?.plan
  if (typeof header === 'string') return { digest: header }
  return typeof body === 'string' ? { digest: body } : {}
}
