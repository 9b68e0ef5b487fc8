import { Type } from '@sinclair/typebox'
import {
  type Api,
  answer,
  type Call,
  type Handlers,
  type OperateHandler,
  type Plan,
} from '../api.ts'
import { ControlError } from '../errors.ts'
import type { LiveService } from '../services.ts'
import type { KeyValue } from '../store/store.ts'
import { titleOf } from '../title-of.ts'
import { JobView } from '../views.ts'
import { type ContainerAct, isNothingToDo } from './container-act.ts'
import { durationKey, jobName } from './container-jobs.ts'
import { containerPlan } from './container-plan.ts'
import { type ContainerRef, refsOf } from './container-refs.ts'
import { ContainerView } from './container-view.ts'
import { absentError } from './run-act.ts'
import { checkMayAct, findOnly, findRef, lookAtContainers, mayActOn } from './service-containers.ts'

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })

const reply = {
  200: Type.Object({ unchanged: Type.Literal(true), container: ContainerView }),
  202: Type.Object({ job: JobView }),
}
const operate = (summary: string) =>
  ({
    summary,
    effect: 'operate',
    params: Type.Object({
      id: Type.String({ maxLength: 64 }),
      container: Type.String({ maxLength: 128 }),
    }),
    query: Type.Object({
      host: Type.Optional(
        Type.String({ description: 'where the service has one of this name on several hosts' }),
      ),
    }),
    reply,
  }) as const

/** A route of a kind that acts on its service's one container; `service.containerAct` answers it. */
export const containerActRoute = (summary: string) =>
  ({ summary, effect: 'operate', reply }) as const
export type ContainerActRoute = ReturnType<typeof containerActRoute>

export const containersApi = {
  'GET /api/services/:id/containers': {
    summary: 'The containers of a service, as docker or podman has them',
    effect: 'read',
    params: Id,
    reply: {
      200: Type.Object({
        containers: Type.Array(ContainerView),
        /** Whether they may be started and stopped here. */
        is_managed: Type.Boolean(),
      }),
    },
  },
  'POST /api/services/:id/containers/:container/start': operate('Starts a container as it is'),
  'POST /api/services/:id/containers/:container/stop': operate('Stops a container'),
  'POST /api/services/:id/containers/:container/restart': operate('Stops and starts a container'),
} as const satisfies Api

/** What the routes need: the services that are live, and where durations are kept. */
export interface ContainersSource {
  find(id: string): LiveService
  all(): readonly LiveService[]
  storeOf(service: string): KeyValue
}

export const containersHandlers = (source: ContainersSource): Handlers<typeof containersApi> => ({
  'GET /api/services/:id/containers': async ({ params, signal }) => {
    const live = source.find(params.id)
    const containers = await lookAtContainers(live.service, refsOf(live), { signal })
    return answer(200, { containers, is_managed: mayActOn(live) })
  },
  'POST /api/services/:id/containers/:container/start': actHandler('start', source),
  'POST /api/services/:id/containers/:container/stop': actHandler('stop', source),
  'POST /api/services/:id/containers/:container/restart': actHandler('restart', source),
})

type ActRoute = (typeof containersApi)['POST /api/services/:id/containers/:container/stop']

/** Plan and deed of one act on the container a call names. */
function actHandler(act: ContainerAct, source: ContainersSource): OperateHandler<ActRoute> {
  const target = ({ params, query }: Call<ActRoute>) =>
    findTarget(source, params.id, (refs) => findRef(params.id, refs, params.container, query.host))
  return {
    plan: (call) => planAct(act, source, target(call), call.signal),
    apply: (plan, call) => applyAct(act, target(call), plan, call),
  }
}

/** The same for the one container of a service, whichever way a kind offers it. */
export function ownActHandler(
  act: ContainerAct,
  source: ContainersSource,
  service: string,
): OperateHandler<ContainerActRoute> {
  const target = () => findTarget(source, service, (refs) => findOnly(service, refs))
  return {
    plan: (call) => planAct(act, source, target(), call.signal),
    apply: (plan, call) => applyAct(act, target(), plan, call),
  }
}

interface Target {
  live: LiveService
  ref: ContainerRef
}

function findTarget(
  source: ContainersSource,
  service: string,
  choose: (refs: ContainerRef[]) => ContainerRef,
): Target {
  const live = source.find(service)
  checkMayAct(live)
  return { live, ref: choose(refsOf(live)) }
}

async function planAct(
  act: ContainerAct,
  source: ContainersSource,
  { live, ref }: Target,
  signal: AbortSignal,
): Promise<Plan | null> {
  const container = await lookAtOne(live, ref, signal)
  return isNothingToDo(act, container) ? null : planFor(act, live, container, source)
}

async function applyAct(
  act: ContainerAct,
  { live, ref }: Target,
  plan: Plan | null,
  { signal, lease }: Pick<Call, 'signal' | 'lease'>,
) {
  if (!plan)
    return answer(200, {
      unchanged: true as const,
      container: await lookAtOne(live, ref, signal),
    })
  const { job } = live.service.jobs.start({
    name: jobName(act),
    input: { container: ref.name, host: ref.host },
    joinKey: `${ref.host}/${ref.name}`,
    holds: plan.holds,
    lease,
  })
  return answer(202, { job })
}

function planFor(
  act: ContainerAct,
  live: LiveService,
  container: ContainerView,
  source: ContainersSource,
): Plan {
  const { spec, loaded, upstreams, service } = live
  const input = { container: container.name, host: container.host }
  const others = source.all().filter((other) => other.spec.id !== spec.id)
  const isSame = (ref: ContainerRef) => ref.name === input.container && ref.host === input.host
  return containerPlan({
    act,
    container,
    runtime: service.hosts.get(container.host)?.spec.container_runtime ?? 'docker',
    service: { id: spec.id, title: titleOf(spec, loaded) },
    runningRequests: [...upstreams.values()].reduce((sum, { inFlight }) => sum + inFlight, 0),
    alsoUsedBy: others.filter((other) => refsOf(other).some(isSame)).map(({ spec }) => spec.id),
    lastSeconds: source.storeOf(spec.id).get<number>(durationKey(act, input)) ?? null,
  })
}

/** The container as it is; throws why it could not be looked at, or that there is none. */
async function lookAtOne(
  live: LiveService,
  ref: ContainerRef,
  signal: AbortSignal,
): Promise<ContainerView> {
  const [container] = await lookAtContainers(live.service, [ref], { signal })
  if (!container) throw new ControlError('INTERNAL', `no look at ${ref.name}`)
  if (container.error) {
    const { code, message, hint } = container.error
    throw new ControlError(code, message, hint === undefined ? {} : { hint })
  }
  if (container.state !== 'absent') return container
  throw absentError(ref.host, ref.name)
}
