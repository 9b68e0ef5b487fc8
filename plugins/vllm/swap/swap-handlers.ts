import { answer, type Call, ControlError, type OperateHandler, type Service } from '#core'
import type { door } from '../api.ts'
import { readHold } from '../delete/delete-plan.ts'
import { activeJob } from '../probe.ts'
import { keyOf } from '../recipe/patterns.ts'
import { servedBy } from '../served.ts'
import { assertManaged } from '../services.ts'
import type { Settings } from '../settings.ts'
import { lookForPlan } from './plan-state.ts'
import type { SwapInput } from './swap-job.ts'
import type { Wanted } from './swap-plan.ts'
import { planSwap, type SwapPlan } from './swap-plan.ts'
import type { UnloadInput } from './unload-job.ts'
import { planUnload, type UnloadPlan } from './unload-plan.ts'

type SwapRoute = (typeof door)['POST /api/swap']
type UnloadRoute = (typeof door)['POST /api/unload']

export interface SwapTarget {
  service: Service<Settings>
  wanted: Wanted
  isServed: boolean
}

type FullSwapPlan = SwapPlan & { target: SwapTarget; drainS: number }
type FullUnloadPlan = UnloadPlan & { service: Service<Settings>; what: string; drainS: number }

/** POST /api/swap: one plan for the dry run, the dialog and the act. */
export function swapHandler(
  find: (model: string, service?: string) => Promise<SwapTarget>,
): OperateHandler<SwapRoute, FullSwapPlan> {
  return {
    async plan(call) {
      const { model, service, drain_s: drainS = 0 } = call.body
      const target = await find(model, service)
      // what is served during a job may be about to stop: joined or refused like any other swap
      if (target.isServed && !activeJob(target.service)) return null
      const state = await lookForPlan(target.service, drainS, call.signal)
      return { ...planSwap(state, target.wanted), target, drainS }
    },
    apply: (plan, { lease }) =>
      plan ? startSwap(plan, lease) : answer(200, { job: null, unchanged: true }),
  }
}

function startSwap(plan: FullSwapPlan, lease: Call['lease']) {
  const { service, wanted } = plan.target
  const { recipe, lora } = wanted
  const needed = [recipe.repo, ...(lora ? [lora.repo] : [])]
  const served = servedBy(service).get()
  const previous = served?.root ?? served?.models[0]
  const input: SwapInput = {
    model: lora?.repo ?? recipe.repo,
    title: recipe.title,
    ...(previous !== undefined && { previous_model: previous }),
    nodes: plan.nodes,
    stop_nodes: plan.stopNodes,
    has_tools: recipe.tool_parser !== undefined,
    drain_s: plan.drainS,
    launch: plan.launch,
  }
  const { job } = service.jobs.start({
    name: 'swap',
    input,
    joinKey: `swap:${lora?.repo ?? recipe.repo}`,
    // the files must not be deleted under it; another service may read them all the same
    holds: [...plan.holds, ...needed.map((repo) => readHold(keyOf(repo), service.id))],
    lease,
  })
  return answer(202, { job, unchanged: false }, { Location: `/api/jobs/${job.id}` })
}

/** Nothing is there to stop yet; "unchanged" would be untrue a moment later. */
function assertNothingLoads(service: Service<Settings>): void {
  const job = activeJob(service)
  if (!job?.kind.endsWith('.swap')) return
  throw new ControlError('JOB_RUNNING', `“${job.title}” is running on ${service.id}`, {
    hint: 'wait until it has ended, or cancel it',
    holder: { job: job.id, title: job.title },
    retryAfterS: 10,
  })
}

/** POST /api/unload and the tile's button. */
export function unloadHandler(
  pick: (id?: string) => Service<Settings>,
): OperateHandler<UnloadRoute, FullUnloadPlan> {
  return {
    async plan(call: Call<UnloadRoute>) {
      const body = call.body ?? {}
      const service = pick(body.service)
      assertManaged(service)
      const drainS = body.drain_s ?? 0
      const state = await lookForPlan(service, drainS, call.signal)
      const plan = planUnload(state)
      if (!plan) assertNothingLoads(service)
      return plan && { ...plan, service, drainS, what: state.served ?? state.container }
    },
    apply(plan, { lease }) {
      if (!plan) return answer(200, { job: null, unchanged: true })
      const { service } = plan
      const input: UnloadInput = {
        title: plan.what,
        stop_nodes: plan.stopNodes,
        drain_s: plan.drainS,
      }
      const { job } = service.jobs.start({
        name: 'unload',
        input,
        joinKey: 'unload',
        holds: plan.holds,
        lease,
      })
      return answer(202, { job, unchanged: false }, { Location: `/api/jobs/${job.id}` })
    },
  }
}
