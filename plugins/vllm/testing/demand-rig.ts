import { ControlError, type JobView, type Kind, type Plan, type Service } from '#core'
import type { Acts } from '../demand/act-patiently.ts'
import type { Policy } from '../demand/settings.ts'
import { servedBy } from '../served.ts'
import type { Settings } from '../settings.ts'
import { createFakeCluster } from './fake-cluster.ts'
import { createFakeService, fakeJobView } from './fake-service.ts'

export const MINUTE_MS = 60_000

export const samplePolicy = (change: Partial<Policy> = {}): Policy => ({
  minLoadedMs: MINUTE_MS,
  maxWaitMs: 30 * MINUTE_MS,
  idleUnloadMs: null,
  defaultModel: null,
  isPreloaded: false,
  ...change,
})

/** One service whose engine, jobs and leases the test moves by hand. */
export function createDemandRig(clock: Kind['clock'], settings: Partial<Settings> = {}) {
  const cluster = createFakeCluster(['spark-1'])
  const state = {
    /** What the engine's counters say; null: they cannot be read. */
    usage: { running: 0, answered: 0 } as { running: number; answered: number } | null,
    leaseOf: null as string | null,
    job: null as JobView | null,
    ended: new Map<string, JobView>(),
    /** Acts begun, in order: `load <model>` or `unload`. */
    acts: [] as string[],
  }
  const { request } = cluster.upstream
  cluster.upstream.request = async (path, options) => {
    if (path !== '/metrics') return request(path, options)
    const { usage } = state
    if (!usage) throw new ControlError('UPSTREAM_TIMEOUT', 'late')
    const text = `vllm:num_requests_running{engine="0"} ${usage.running}\nvllm:request_success_total{engine="0",finished_reason="stop"} ${usage.answered}\n`
    const body = Buffer.from(text)
    return { status: 200, headers: {}, body, json: <T>() => ({}) as T }
  }
  const base = createFakeService(cluster, { settings })
  const stop = new AbortController()
  const service: Service<Settings> = {
    ...base,
    clock,
    signal: stop.signal,
    jobs: {
      ...base.jobs,
      active: () => (state.job ? [state.job] : []),
      get: (id) => state.ended.get(id),
    },
  }
  const planOf = (): Plan => ({
    ...{ title: '', confirm: '', commands: [], stops: [], consequence: '', holds: ['gpu:spark-1'] },
    ...{ last_seconds: null, running_requests: cluster.upstream.state.inFlight },
  })
  const begin = (act: string, kind: string, model?: string) => {
    state.acts.push(act)
    const id = `job-${state.acts.length}`
    state.job = fakeJobView({ id, kind, title: act, input: { model }, phase: 'starting' })
    return { status: 202 as const, value: { job: state.job, unchanged: false } }
  }
  const acts: Acts = {
    swap: {
      plan: planOf,
      apply: (_, { body }) => begin(`load ${body.model}`, 'vllm.swap', body.model),
    },
    unload: { plan: planOf, apply: () => begin('unload', 'vllm.unload') },
  }
  const kind = {
    kind: 'vllm',
    clock,
    log: service.log,
    signal: stop.signal,
    services: () => [service],
    jobs: service.jobs,
    hosts: cluster.hosts,
    async operate(handler, body, signal) {
      const call = { params: {}, query: {}, body, signal, caller: { address: 'vllm' } } as never
      const plan = await handler.plan(call)
      if (state.leaseOf !== null)
        throw new ControlError('LEASE_HELD', `${state.leaseOf} holds ${plan?.holds}`)
      return handler.apply(plan, call)
    },
  } as Pick<Kind<Settings>, 'operate'> as Kind<Settings>
  const serve = (model: string | null) => {
    const seenAt = new Date(clock.now()).toISOString()
    const facts = { maxModelLen: null, since: seenAt, seenAt, containers: {} }
    servedBy(service).set(model === null ? null : { models: [model], root: model, ...facts })
  }
  return {
    ...{ cluster, service, kind, acts, state, serve },
    upstream: cluster.upstream.state,
    /** Ends the job under way; a load that succeeded then answers. */
    end(change: Partial<JobView> = { state: 'succeeded' }) {
      const { job } = state
      if (!job) throw new Error('no job is under way')
      state.ended.set(job.id, { ...job, ended_at: job.created_at, ...change })
      state.job = null
      const { model = null } = job.input as { model?: string }
      serve(change.state === 'succeeded' ? model : null)
    },
    stop: () => stop.abort(new Error('over')),
  }
}
