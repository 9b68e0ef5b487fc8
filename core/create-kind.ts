import type { Call, JsonRoute, OperateHandler } from './api.ts'
import type { LoadedKind } from './catalog.ts'
import { ControlError } from './errors.ts'
import { operate } from './http/operate.ts'
import type { Kind } from './plugin.ts'
import type { LiveService, ServiceDeps } from './services.ts'

/** What the door of a kind may use. */
export function createKind(loaded: LoadedKind, signal: AbortSignal, deps: ServiceDeps): Kind {
  const { kind } = loaded.plugin
  const own = () => deps.live().filter((live) => live.spec.kind === kind)
  return {
    kind,
    services: () => own().map((live) => live.service),
    pick(id) {
      if (id !== undefined) deps.checkEnabled(id)
      return pickService(kind, own(), id).service
    },
    get hosts() {
      return new Map(deps.hosts.ids().map((id) => [id, deps.hosts.get(id)]))
    },
    operate: <R extends JsonRoute>(
      handler: OperateHandler<R>,
      body: unknown,
      signal: AbortSignal,
    ) => {
      const call = { params: {}, query: {}, body, signal, caller: { address: kind } }
      const { arbitrate } = deps
      return operate(handler, call as unknown as Call<R>, {
        isDryRun: false,
        ...(arbitrate && { arbitrate }),
      })
    },
    jobs: deps.jobsOfKind(kind),
    recipes: deps.recipesOf(loaded),
    store: deps.storeOf(`kind/${kind}`),
    changed: (topic) => deps.changed(topic, null),
    clock: deps.clock,
    log: deps.log.child({ kind }),
    signal,
  }
}

/** The service a caller means: by id, else the default, else the only one that is managed. */
function pickService(kind: string, own: LiveService[], id: string | undefined): LiveService {
  const ids = own.map((live) => live.spec.id)
  if (id !== undefined) {
    const named = own.find((live) => live.spec.id === id)
    if (!named)
      throw new ControlError('SERVICE_UNKNOWN', `no service "${id}" of kind ${kind}`, {
        hint: `services of this kind: ${ids.join(', ') || 'none'}`,
        details: [{ path: 'service', message: `is "${id}"; expected one of ${ids.join(', ')}` }],
      })
    return named
  }
  const managed = own.filter((live) => live.spec.settings.manage !== false)
  const [only, second] = managed
  const chosen = managed.find((live) => live.spec.default) ?? (second ? undefined : only)
  if (chosen) return chosen
  throw new ControlError(
    managed.length ? 'SERVICE_AMBIGUOUS' : 'SERVICE_UNKNOWN',
    managed.length
      ? `several services of kind ${kind}: ${managed.map((live) => live.spec.id).join(', ')}`
      : `no service of kind ${kind} that Spark Control manages`,
    { hint: 'name one in "service", or mark one with default: true in topology.yaml' },
  )
}
