import { ControlError, type Service } from '#core'
import type { Settings } from '../settings.ts'
import type { Found, Server } from './found.ts'
import { lookAtServer, type Wanted } from './look.ts'

/** The servers of a service that embed or rerank; Qdrant is no such one. */
export type Role = 'main' | 'sparse' | 'rerank'

interface Known {
  found: Map<Role, Found>
  /** Servers that refused or broke off at the last look. */
  gone: Set<Role>
}

const known = new WeakMap<object, Known>()

function knownOf(service: Service<Settings>): Known {
  const before = known.get(service)
  if (before) return before
  const fresh: Known = { found: new Map(), gone: new Set() }
  known.set(service, fresh)
  return fresh
}

/** Whether the topology names this server. */
export const hasServer = ({ settings }: Service<Settings>, role: Role): boolean =>
  role === 'main' || settings[role] !== undefined

/** What a server was at the last look that told; undefined before the first, or where it is gone. */
export function foundAt(service: Service<Settings>, role: Role): Found | undefined {
  const { found, gone } = knownOf(service)
  return gone.has(role) ? undefined : found.get(role)
}

/** A server as it is known, looked at if it is not. Rejects as `lookAgain` does. */
export async function serverOf(
  service: Service<Settings>,
  role: Role,
  signal: AbortSignal,
): Promise<Server> {
  const found = foundAt(service, role) ?? (await lookAgain(service, role, signal))
  return { upstream: service.http(role), found }
}

/** Looks at a server and remembers what it is. Rejects as `request` does. */
export async function lookAgain(
  service: Service<Settings>,
  role: Role,
  signal: AbortSignal,
): Promise<Found> {
  const { found, gone } = knownOf(service)
  try {
    const seen = await lookAtServer(
      service.http(role),
      wantedOf(service.settings, role),
      found.get(role),
      signal,
    )
    gone.delete(role)
    // what was learned of a server hangs on the object, so one that is the same keeps it
    const before = found.get(role)
    if (before?.identity === seen.identity && before.maxBatch === seen.maxBatch) return before
    found.set(role, seen)
    return seen
  } catch (thrown) {
    // one that is only late or full is still what it was
    if (isGone(thrown)) gone.add(role)
    throw thrown
  }
}

/**
 * Works with a server; where it takes no such request because another stands there by now, works once
 * more with that one.
 */
export async function withServer<T>(
  service: Service<Settings>,
  role: Role,
  signal: AbortSignal,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const server = await serverOf(service, role, signal)
  try {
    return await work(server)
  } catch (thrown) {
    if (!(thrown instanceof ControlError && thrown.code === 'EMBEDDINGS_SERVER_CHANGED'))
      throw thrown
    const found = await lookAgain(service, role, signal)
    if (found.identity === server.found.identity) throw thrown
    return work({ upstream: server.upstream, found })
  }
}

/** Forgets what a server is, because it did not take what such a server takes. */
export const forget = (service: Service<Settings>, role: Role): unknown =>
  knownOf(service).found.delete(role)

function wantedOf({ server, rerank_server, path }: Settings, role: Role): Wanted {
  if (role === 'main') return { server, path }
  return { server: role === 'rerank' ? rerank_server : 'auto' }
}

const isGone = (thrown: unknown): boolean =>
  thrown instanceof ControlError &&
  /^(UPSTREAM_(UNREACHABLE|FAILED)|EMBEDDINGS_SERVER_UNKNOWN)$/.test(thrown.code)
