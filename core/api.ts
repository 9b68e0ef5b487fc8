import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { LeaseRef } from './coordination/lease.ts'

/**
 * What a route does to the cluster. `read` never changes anything (every GET); `use` spends a
 * service's time (a completion); `operate` changes the cluster and is split into plan and apply.
 */
export type Effect = 'read' | 'use' | 'operate'

interface RouteBase {
  summary: string
  effect: Effect
  /** Answered without a token, also where the topology asks for one. */
  is_public?: true
  params?: TObject
  query?: TObject
  /** Shown as a button on the tile, and callable under /api/services/:id/actions/<name>. */
  action?: { name: string; label: string }
  /** Largest body in bytes; default 1 MiB for JSON, 32 MiB for raw. */
  max_bytes?: number
}

/** JSON in, JSON out. */
export interface JsonRoute extends RouteBase {
  body?: TSchema
  reply: { [status: number]: TSchema }
  /** Its body is nobody's business: an error names the place of a mistake, never what stands there. */
  is_private?: true
  /** The answer carries a secret, so it is never kept for its Idempotency-Key. */
  is_secret?: true
  raw?: never
  forward?: never
}

/** Handed through to an endpoint of the service, unread in both directions. */
export interface ForwardRoute extends RouteBase {
  forward: string
  max_bytes: number
  raw?: never
  reply?: never
}

/** The body as a stream in, an answer of bytes out. The client is asked for the body when it is read. */
export interface RawRoute extends RouteBase {
  raw: true
  reply?: never
  forward?: never
}

export type Route = JsonRoute | ForwardRoute | RawRoute

/** Keys are `METHOD /path`; `:name` is one path segment. */
export type Api = { readonly [route: string]: Route }

/** What a handler knows of its call. */
export interface Call<R extends Route = Route> {
  params: R['params'] extends TObject ? Static<R['params']> : Record<string, string>
  query: R['query'] extends TObject ? Static<R['query']> : Record<string, never>
  body: R extends { body: infer B extends TSchema } ? Static<B> : undefined
  /** Aborted when the caller leaves. */
  signal: AbortSignal
  /** `token`: name of the access token that was sent, if any; `session` if a browser signed in. */
  caller: { address: string; token?: string; scope?: Effect; session?: string }
  /** `Idempotency-Key` of the request, if any. */
  idempotencyKey?: string
  /** `X-Lock-Token` of the request, if any. */
  lockToken?: string
  /** The lease that token stands for; given to `apply`, for the jobs it starts. */
  lease?: LeaseRef
}

/** What an act will do, shown before it is done. See PlanView for the meaning of each field. */
export interface Plan {
  title: string
  confirm: string
  commands: { host: string | null; command: string }[]
  stops: string[]
  consequence: string
  irreversible?: string
  holds: string[]
  last_seconds: number | null
  running_requests: number
}

/** Most of a plan that runs no command, stops and holds nothing, and is done at once. */
export const QUIET = {
  commands: [],
  stops: [],
  holds: [],
  last_seconds: null,
  running_requests: 0,
} satisfies Partial<Plan>

export interface Answer<Status extends number = number, Value = unknown> {
  status: Status
  value: Value
  headers?: Record<string, string>
}

/** Builds a handler's answer; the status decides which reply schema the value must fit. */
export const answer = <const Status extends number, Value>(
  status: Status,
  value: Value,
  headers?: Record<string, string>,
): Answer<Status, Value> => ({ status, value, ...(headers && { headers }) })

/** The answers a JSON route may give. */
export type Replies<R extends JsonRoute> = {
  [S in keyof R['reply'] & number]: Answer<S, Static<R['reply'][S]>>
}[keyof R['reply'] & number]

type Awaitable<T> = T | Promise<T>

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: AsyncIterable<Uint8Array>
}

/**
 * An operate route: `plan` looks and decides, `apply` acts on exactly that plan. `plan` may carry
 * more than the wire shows under its own type P.
 */
export interface OperateHandler<R extends JsonRoute, P extends Plan = Plan> {
  /** `null`: there is nothing to do; apply is called with null and answers so. */
  plan(call: Call<R>): Awaitable<P | null>
  apply(plan: P | null, call: Call<R>): Awaitable<Replies<R>>
}

export type Handler<R extends Route> = R extends RawRoute
  ? (
      call: Call<R> & { stream: import('node:stream').Readable; headers: Record<string, string> },
    ) => Awaitable<RawAnswer>
  : R extends JsonRoute
    ? R['effect'] extends 'operate'
      ? // biome-ignore lint/suspicious/noExplicitAny: each handler chooses its own plan type
        OperateHandler<R, any>
      : (call: Call<R>) => Awaitable<Replies<R>>
    : never

/** One handler for each route that needs one; a missing one is a compile error naming the route. */
export type Handlers<A extends Api> = {
  [K in keyof A as A[K] extends ForwardRoute ? never : K]: Handler<A[K]>
}
