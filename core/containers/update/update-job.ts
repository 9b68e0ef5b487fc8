import { type Static, Type } from '@sinclair/typebox'
import { asControlError, ControlError } from '../../errors.ts'
import { script } from '../../hosts/sh.ts'
import type { Job, JobDef } from '../../jobs/job.ts'
import type { Clock, Health, Service } from '../../plugin.ts'
import { awaitUp, lookAtOne } from '../await-up.ts'
import type { Inspected } from '../inspect.ts'
import { fetchSource } from './fetch-source.ts'
import { judgeUpdate } from './judge-update.ts'
import { FORWARD_SCRIPT } from './look-script.ts'
import { type Before, keepImage, rollBack } from './roll-back.ts'
import { runStep } from './run-step.ts'
import { buildWords, inFolder, upWords } from './update-commands.ts'
import { COMES_UP_WITHIN_MS } from './update-plan.ts'
import type { UpdateTarget } from './update-source.ts'
import { lookAtSource } from './version.ts'

/** `what` is updated, in the owner's words; from one commit to another. */
const UpdateInput = Type.Object({ what: Type.String(), from: Type.String(), to: Type.String() })
type UpdateInput = Static<typeof UpdateInput>

export interface UpdateJobOptions<S> {
  targetOf(service: Service<S>): UpdateTarget
  /** One look at the service; absent: it is enough that the container is well. */
  probe?(service: Service<S>, signal: AbortSignal): Promise<Health>
}

/** Key of the service's store under which the seconds of the last update are kept. */
export const UPDATE_SECONDS = 'update_seconds'
/** What pages are told is out of date after an update. */
export const VERSION_TOPIC = 'version'

/** The job that updates a container from its source; name it in the plugin's `jobs`. */
export function updateJob<S>(options: UpdateJobOptions<S>): JobDef<typeof UpdateInput, S> {
  return {
    input: UpdateInput,
    title: ({ what, to }) => `Update ${what} to ${to.slice(0, 8)}`,
    async run(job, service) {
      const { probe } = options
      const work: UpdateWork = {
        ...{ job, target: options.targetOf(service), clock: service.clock },
        ...(probe && { probe: (signal: AbortSignal) => probe(service, signal) }),
      }
      try {
        const result = await runUpdate(work)
        const seconds = (service.clock.now() - job.startedAt) / 1000
        service.store.set(UPDATE_SECONDS, seconds)
        return result
      } finally {
        service.changed(VERSION_TOPIC)
        service.probeSoon()
      }
    },
  }
}

/** What the stages of an update share. */
export interface UpdateWork {
  job: Pick<Job<UpdateInput>, 'input' | 'step' | 'phase' | 'line' | 'signal'>
  target: UpdateTarget
  clock: Clock
  probe?(signal: AbortSignal): Promise<Health>
}

interface Failure {
  code: string
  message: string
  hint?: string
  log_tail?: string[]
}

type Stage = 'updating the source' | 'building' | 'replacing the container' | 'making sure'

/**
 * Fast-forwards, builds, replaces the container and makes sure of it; when one of these fails, or the
 * job is cancelled, the commit and the image of before are put back. Every stage is one step, so that
 * a controller that was killed goes on where it was, the way back included.
 */
async function runUpdate(work: UpdateWork): Promise<{ commit: string }> {
  const { job, target } = work
  job.phase('looking')
  const before = await job.step('before', () => lookBefore(work))
  const stages: [Stage, () => Promise<void>][] = [
    ['updating the source', () => forward(work)],
    ['building', () => build(work, before)],
    ['replacing the container', () => replace(work, before)],
    ['making sure', () => makeSure(work, before)],
  ]
  for (const [stage, run] of stages) {
    job.phase(stage)
    const failure = await job.step(stage, () => failureOf(work, run))
    if (!failure) continue
    job.phase('putting the version before back', job.signal.aborted ? undefined : 'failure')
    job.line(`${stage} failed: ${failure.message}`)
    const back = await job.step('rolling back', () => failureOf(work, () => rollBack(work, before)))
    job.signal.throwIfAborted()
    throw back ? notRolledBack(stage, failure, back) : rolledBack(stage, failure)
  }
  job.line(`${target.container} runs ${job.input.to.slice(0, 8)}`)
  return { commit: job.input.to }
}

/** Runs a stage; one during which the host was lost is run again when it is back, each looks first. */
async function failureOf(
  { job, clock }: UpdateWork,
  run: () => Promise<void>,
): Promise<Failure | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run()
      return null
    } catch (thrown) {
      const { code, message, hint, logTail } = asControlError(thrown)
      if (!LOST.has(code) || attempt >= MOST_ATTEMPTS)
        return { code, message, ...(hint && { hint }), ...(logTail && { log_tail: logTail }) }
      job.line(`${message}; trying again`)
      await clock.sleep(RETRY_MS)
    }
  }
}

const LOST: ReadonlySet<string> = new Set([
  'HOST_LOST',
  'HOST_UNREACHABLE',
  'HOST_REFUSED_CONNECTION',
])
/** Ten minutes: a host that restarts is back by then. */
const MOST_ATTEMPTS = 40
const RETRY_MS = 15_000

/** Looks again: between the plan and now somebody may have edited. Nothing is changed but a tag. */
async function lookBefore(work: UpdateWork): Promise<Before> {
  const { job, target, clock } = work
  const { host, container } = target
  await fetchSource(target, job.signal)
  const look = await lookAtSource(target, job.signal)
  judgeUpdate(look, target)
  if (look.commit !== job.input.from && look.commit !== job.input.to)
    throw new ControlError('PLAN_CHANGED', `${host.id} is at ${look.commit.slice(0, 8)} by now`, {
      hint: 'look at the new plan and confirm again',
    })
  const inspected: Inspected = await lookAtOne({ job, host, container, clock })
  await keepImage(work, inspected)
  return { container: inspected, compose: look.compose }
}

async function forward({ job, target }: UpdateWork): Promise<void> {
  const { host, source } = target
  const { commit } = await lookAtSource(target, job.signal)
  // an attempt before this one has done it
  if (commit === job.input.to) return
  await runStep({ job, host }, script(FORWARD_SCRIPT, source.directory, job.input.to))
}

async function build({ job, target }: UpdateWork, before: Before): Promise<void> {
  const words = buildWords(target, before.compose)
  await runStep({ job, host: target.host }, inFolder(target, words))
}

async function replace({ job, target }: UpdateWork, before: Before): Promise<void> {
  const words = upWords(target, before.compose)
  await runStep({ job, host: target.host }, inFolder(target, words))
}

async function makeSure(work: UpdateWork, before: Before): Promise<void> {
  const { job, target, clock, probe } = work
  const { host, container } = target
  await awaitUp(
    {
      ...{ job, host, container, clock, ...(probe && { probe }) },
      ...{ healthyWithinMs: COMES_UP_WITHIN_MS, answersWithinMs: COMES_UP_WITHIN_MS },
    },
    before.container,
  )
}

const rolledBack = (stage: Stage, { message, hint, log_tail }: Failure): ControlError =>
  new ControlError(
    'UPDATE_FAILED',
    `${stage} failed (${message}); the version before is back and runs as it did`,
    { ...(hint && { hint }), ...(log_tail && { logTail: log_tail }) },
  )

const notRolledBack = (stage: Stage, failure: Failure, back: Failure): ControlError =>
  new ControlError(
    'UPDATE_NOT_ROLLED_BACK',
    `${stage} failed (${failure.message}), and the version before could not be put back: ${back.message}`,
    {
      hint: back.hint ?? 'the log of this job has every command; finish by hand',
      logTail: [...(failure.log_tail ?? []), ...(back.log_tail ?? [])].slice(-40),
    },
  )
