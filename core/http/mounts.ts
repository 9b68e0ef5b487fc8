import { ControlError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import type { Mount } from './mount.ts'
import { requestIdOf } from './server.ts'

/** Routes of every live service under /api/<id>; a service that failed to start says why on each. */
export const serviceMounts = (registry: Registry): Mount[] =>
  registry.services().map((live) => {
    const prefix = `/api/${live.spec.id}`
    return {
      prefix,
      tag: live.spec.id,
      api: live.loaded.plugin.api,
      handlers: live.running?.handlers ?? {},
      ...(live.failure && { failure: live.failure }),
      forward: (route, request, reply) => {
        const path = request.url.slice(prefix.length)
        const answerHeaders = { 'x-request-id': requestIdOf(request.raw) }
        const options = { path, maxBytes: route.max_bytes, answerHeaders }
        void live.service.http(route.forward).forward(request.raw, reply.raw, options)
      },
    }
  })

/** The cluster-wide routes the kinds answer themselves; those handed through are the front door's. */
export const doorMounts = (registry: Registry): Mount[] =>
  registry.kinds().map(({ loaded, open, failure }) => ({
    prefix: '',
    tag: loaded.plugin.kind,
    api: Object.fromEntries(
      Object.entries(loaded.plugin.door ?? {}).filter(([, route]) => route.forward === undefined),
    ),
    handlers: open?.handlers ?? {},
    ...(failure && { failure }),
  }))

/** What to say of a path nobody mounted: a disabled service, or nothing there. */
export function missingPath(registry: Registry, path: string): ControlError {
  const [, api, id] = path.split('/')
  if (api === 'api' && id !== undefined) {
    try {
      registry.find(id)
    } catch (thrown) {
      if (thrown instanceof ControlError && thrown.code === 'SERVICE_DISABLED') return thrown
    }
  }
  const doors = registry.kinds().flatMap(({ loaded }) => Object.keys(loaded.plugin.door ?? {}))
  return new ControlError('NOT_FOUND', `there is nothing at ${path}`, {
    hint: baseUrlHint(path, doors) ?? 'GET /api/openapi.json lists every path',
  })
}

/** The commonest slip of who sets up a client of OpenAI's API: a base URL without /v1, or with two. */
export function baseUrlHint(path: string, routes: readonly string[]): string | undefined {
  const paths = ['/v1/models', ...routes.map((route) => route.split(' ')[1] ?? '')]
  const meant = paths.find((door) => door.startsWith('/v1/') && path.endsWith(door.slice(3)))
  return meant && `it is at ${meant}: let the base URL of your client end with /v1, behind the port`
}
