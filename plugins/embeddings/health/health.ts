import { asControlError, ControlError, type Health, type Service } from '#core'
import type { Found } from '../servers/found.ts'
import { hasServer, type Role } from '../servers/known.ts'
import type { Settings } from '../settings.ts'
import { lookAtQdrant } from './look-qdrant.ts'
import { lookAtModelServer } from './look-server.ts'
import type { ServerView } from './views.ts'

type ServerRole = ServerView['role']

/** What a look at one server brought: what it is, or why it could not be looked at. */
type Look = { role: ServerRole; found?: Found; collections?: number; error?: ControlError }

/** Looks at every server of a service, each apart, and keeps what it saw. */
export interface Watch {
  probe(signal: AbortSignal): Promise<Health>
  views(): ServerView[]
}

export function createWatch(service: Service<Settings>): Watch {
  const roles = rolesOf(service)
  let seen = new Map<ServerRole, ServerView>()
  return {
    async probe(signal) {
      const looks = await Promise.all(roles.map((role) => lookAt(service, role, signal)))
      signal.throwIfAborted()
      const at = new Date(service.clock.now()).toISOString()
      const views = looks.map((look) => viewOf(service, look, at))
      if (hasChanged(seen, views)) service.changed('embeddings-servers')
      seen = new Map(views.map((view) => [view.role, view]))
      return judge(looks)
    },
    views: () => roles.map((role) => seen.get(role) ?? viewOf(service, { role }, null)),
  }
}

/** The servers the topology names, the one behind the service first. */
const rolesOf = (service: Service<Settings>): ServerRole[] => [
  'embeddings',
  ...(['sparse', 'rerank'] as const).filter((role) => hasServer(service, role)),
  ...(service.settings.qdrant ? (['qdrant'] as const) : []),
]

const endpointOf = (role: ServerRole): string => (role === 'embeddings' ? 'main' : role)

async function lookAt(
  service: Service<Settings>,
  role: ServerRole,
  signal: AbortSignal,
): Promise<Look> {
  try {
    if (role === 'qdrant')
      return { role, collections: await lookAtQdrant(service.http(role), signal) }
    return { role, found: await lookAtModelServer(service, endpointOf(role) as Role, signal) }
  } catch (thrown) {
    return { role, error: asControlError(thrown) }
  }
}

/**
 * Without embeddings or the collections there is no search: how they fail is for core to read, which
 * waits before it calls a server down. Without a reranker or sparse vectors search is less good.
 */
function judge(looks: readonly Look[]): Health {
  const failed = looks.filter(({ error }) => error)
  const grave = failed.find(({ role }) => role === 'embeddings') ?? failed.find(isQdrant)
  if (grave?.error) {
    const { code, message } = grave.error
    if (code === 'OVERLOADED') return { state: 'busy', reason: message }
    if (/^UPSTREAM_(UNREACHABLE|TIMEOUT)$/.test(code)) throw grave.error
    return { state: 'down', reason: message }
  }
  const collections = looks.find(isQdrant)?.collections
  const models = looks.reduce((sum, { found }) => sum + (found?.models.length ?? 0), 0)
  return {
    state: 'up',
    ...(failed.length > 0 && { reason: failed.map(({ error }) => error?.message).join(' ') }),
    figures: { models, ...(collections !== undefined && { collections }) },
  }
}

const isQdrant = ({ role }: Look): boolean => role === 'qdrant'

function viewOf(service: Service<Settings>, look: Look, at: string | null): ServerView {
  const { role, found, error, collections } = look
  return {
    role,
    endpoint: originOf(service, role),
    state: at === null ? 'unknown' : stateOf(error),
    reason: error?.message ?? null,
    server: role === 'qdrant' ? role : (found?.shape ?? null),
    models: found?.models.map(({ id }) => id) ?? [],
    max_batch: found?.maxBatch ?? null,
    collections: collections ?? null,
    checked_at: at,
  }
}

function stateOf(error: ControlError | undefined): ServerView['state'] {
  if (!error) return 'up'
  return /^(OVERLOADED|UPSTREAM_TIMEOUT)$/.test(error.code) ? 'busy' : 'down'
}

function originOf(service: Service<Settings>, role: ServerRole): string | null {
  try {
    return service.http(endpointOf(role)).origin
  } catch (thrown) {
    // an endpoint without an address; the look says so
    if (thrown instanceof ControlError) return null
    throw thrown
  }
}

const hasChanged = (before: ReadonlyMap<ServerRole, ServerView>, now: ServerView[]): boolean =>
  now.some((view) => told(before.get(view.role)) !== told(view))

const told = (view: ServerView | undefined): string =>
  JSON.stringify({ ...view, checked_at: undefined })
