import {
  ControlError,
  type Host,
  type Job,
  type JobDef,
  type Service,
  type Static,
  Type,
} from '#core'
import { vllmError } from '../errors.ts'
import { awaitReady } from '../launch/await-ready.ts'
import { isHostError } from '../launch/container.ts'
import { Launch } from '../launch/launch.ts'
import { launchEngine } from '../launch/launch-engine.ts'
import { launcherOf } from '../launch/launcher.ts'
import { checkModel } from '../launch/self-check.ts'
import { readServed } from '../read-served.ts'
import { explainStop } from '../safety/explain-stop.ts'
import { assertManaged } from '../services.ts'
import type { Settings } from '../settings.ts'
import { drain } from './drain.ts'
import { contextOf, type JobContext, pickHosts } from './job-context.ts'
import { leaveNothingRunning } from './leave-nothing.ts'
import { stopEngine } from './stop-engine.ts'

const Strings = Type.Array(Type.String())

/** Everything a swap does was decided by its plan and is kept here, so that a restart repeats it. */
export const SwapInput = Type.Object({
  model: Type.String(),
  title: Type.String(),
  /** What was served when it was asked for. */
  previous_model: Type.Optional(Type.String()),
  /** Machines the model runs on, head first. */
  nodes: Strings,
  /** Machines a container is stopped on first. */
  stop_nodes: Strings,
  has_tools: Type.Boolean(),
  drain_s: Type.Number(),
  launch: Launch,
})
export type SwapInput = Static<typeof SwapInput>

/** Loads a model in place of what is loaded. */
export const swapJob = {
  input: SwapInput,
  title: (input: SwapInput) => `Load ${input.title}`,
  happening: {
    name: 'swap',
    data: ({ model, previous_model }: SwapInput) => ({
      model,
      previous_model: previous_model ?? null,
    }),
  },
  run: runSwap,
} satisfies JobDef<typeof SwapInput, Settings>

async function runSwap(job: Job<SwapInput>, service: Service<Settings>): Promise<unknown> {
  const { input } = job
  const context = { ...contextOf(job, service), engine: launcherOf(input.launch) }
  // a topology edit may have changed what the plan was made for
  assertManaged(service)
  await prepare(job, context)
  const progress = { hasStopped: false }
  try {
    const cut = await clearTheWay(job, context, progress)
    const seconds = await load(job, context)
    service.changed('models')
    const check = await selfCheck(job, context)
    return { model: input.model, seconds, cut, self_check: check }
  } catch (thrown) {
    // before anything was stopped there is nothing to clean up
    const isStuck = thrown instanceof ControlError && thrown.code === 'NOT_STOPPED'
    if (progress.hasStopped && !isStuck) {
      const ids = [...new Set([...input.stop_nodes, ...input.nodes])]
      await leaveNothingRunning(context, pickHosts(service, ids), thrown)
    }
    // whatever a cut-off command said, the cause is the cancel
    if (!isStuck) job.signal.throwIfAborted()
    throw explainStop(service, job, thrown)
  } finally {
    service.http().resume()
    service.probeSoon()
    service.changed('models')
  }
}

/** Whatever would make the launch fail is found out before anything is stopped. */
async function prepare(
  job: Job<SwapInput>,
  { service, engine, signal }: JobContext,
): Promise<void> {
  const { nodes, launch } = job.input
  job.phase('checking')
  await job.step('check', async () => {
    const hosts = requireHosts(service, nodes)
    await launcherOf(launch).check(hosts, signal)
    // every machine must be reachable, those where something is only stopped too
    await Promise.all(
      requireHosts(service, job.input.stop_nodes).map((host) => engine.look(host, signal)),
    )
  })
}

async function clearTheWay(
  job: Job<SwapInput>,
  context: JobContext,
  progress: { hasStopped: boolean },
): Promise<number> {
  const { drain_s: drainS, stop_nodes: stopNodes } = job.input
  job.phase('letting requests finish')
  const cut = await job.step('drain', async ({ attempt }) =>
    // after a restart no request of before is left
    attempt > 1 ? 0 : drain(context, drainS),
  )
  job.signal.throwIfAborted()
  job.phase('stopping')
  progress.hasStopped = true
  await job.step('stop', async () => {
    const report = await stopEngine(context, requireHosts(context.service, stopNodes))
    for (const host of report.withheld) {
      job.line(`the memory of ${host} has not come back; the engine will say whether it is enough`)
    }
    return report
  })
  // nothing serves now, so there is nothing to hold requests back from
  context.service.http().resume()
  context.service.probeSoon()
  return cut
}

interface Baseline {
  availableBytes: Record<string, number>
  startedAt: number
}

/** Launch and load; returns how long that took. */
async function load(job: Job<SwapInput>, context: JobContext): Promise<number> {
  const { service, box } = context
  const { input } = job
  const hosts = requireHosts(service, input.nodes)
  job.phase('starting')
  const before = await job.step(
    'measure',
    async (): Promise<Baseline> => ({
      availableBytes: await availableBytes(context, hosts),
      startedAt: service.clock.now(),
    }),
  )
  const { containers } = await job.step('launch', ({ attempt }) =>
    launchEngine(context, hosts, input.launch, attempt),
  )
  await job.step('load', ({ attempt }) =>
    awaitReady(context, {
      repo: input.model,
      title: input.title,
      hosts,
      containers,
      isResumed: attempt > 1,
    }),
  )
  return job.step('record', async () => {
    const now = service.clock.now()
    const seconds = Math.round((now - before.startedAt) / 1000)
    const after = await availableBytes(context, hosts)
    const footprintBytes: Record<string, number> = {}
    for (const [host, bytes] of Object.entries(before.availableBytes)) {
      const left = after[host]
      if (left !== undefined && left < bytes) footprintBytes[host] = bytes - left
    }
    box.kept.setLoad(input.model, {
      seconds,
      loadedAt: new Date(now).toISOString(),
      footprintBytes,
    })
    return seconds
  })
}

async function selfCheck(job: Job<SwapInput>, { service, box, signal }: JobContext) {
  const { model, has_tools: hasTools } = job.input
  job.phase('checking the answer')
  job.percent(98)
  const check = await job.step('self-check', () =>
    checkModel(service.http(), { model, hasTools, clock: service.clock, signal }),
  )
  signal.throwIfAborted()
  box.kept.setSelfCheck(check)
  job.line(check.answered ? `it answers: ${check.text}` : `it does not answer: ${check.text}`)
  if (check.tool_call) {
    job.line(`tool call ${check.tool_call.passed ? 'works' : 'fails'}: ${check.tool_call.text}`)
  }
  if (check.answered) return check
  const answering = await readServed(service.http(), signal)
  if (answering.state === 'serving' || answering.state === 'late') return check
  throw vllmError('LOAD_FAILED', `${job.input.title} was ready, then failed: ${check.text}`, {
    hint: 'the log of the job shows how far it came',
  })
}

async function availableBytes(
  { engine, signal }: JobContext,
  hosts: Host[],
): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {}
  await Promise.all(
    hosts.map(async (host) => {
      try {
        const { memory } = await engine.look(host, signal)
        if (memory) bytes[host.id] = memory.availableBytes
      } catch (thrown) {
        // a figure for later plans is not worth a failed load
        if (!isHostError(thrown)) throw thrown
      }
    }),
  )
  return bytes
}

function requireHosts(service: Service<Settings>, ids: readonly string[]): Host[] {
  const hosts = pickHosts(service, ids)
  if (hosts.length === ids.length) return hosts
  const missing = ids.filter((id) => !hosts.some((host) => host.id === id))
  throw vllmError('LAUNCH_FAILED', `${missing.join(', ')} left the topology`, {
    hint: 'look at the plan again and start anew',
  })
}
