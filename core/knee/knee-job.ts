import { type Static, Type } from '@sinclair/typebox'
import { ControlError } from '../errors.ts'
import type { Job, JobDef } from '../jobs/job.ts'
import type { Service } from '../plugin.ts'
import type { LiveService } from '../services.ts'
import { findKnee, isPast, type Level, levelsUpTo } from './find-knee.ts'
import { type Ask, measureLevel, requestsAt } from './measure-level.ts'
import type { Sample } from './sample.ts'

export const KNEE_JOB = 'knee'

const KneeInput = Type.Object({ most: Type.Integer({ minimum: 1, maximum: 256 }) })
type KneeInput = Static<typeof KneeInput>

/** How often a level is measured that others disturbed. */
const TRIES = 3

/** Measures how many requests a service had best be sent at a time. Changes nothing. */
export const kneeJob = ({ loaded, spec }: LiveService): JobDef<typeof KneeInput> => ({
  input: KneeInput,
  title: () => `Measure ${spec.id}`,
  async run(job, service) {
    const sample = await loaded.plugin.sample?.(service as Service<never>, job.signal)
    if (!sample) throw notMeasurable(spec.id, loaded.plugin.kind)
    job.phase('measuring')
    job.line(`Sending ${sample.title} straight to ${spec.id}, more and more at a time.`)
    const levels = await job.step('measure', ({ attempt }) => {
      // A quiet window is agreed upon; the one after a restart is not.
      if (attempt > 1) throw notFinished()
      return climb(job, service, sample)
    })
    const knee = findKnee(levels)
    if (!knee) throw new ControlError('KNEE_NOT_MEASURED', `${spec.id} took no request at all`)
    const topologyLine = `concurrency: ${knee.concurrency}`
    job.line(`Best at ${knee.concurrency} at a time. In topology.yaml, under services.${spec.id}:`)
    job.line(`    ${topologyLine}`)
    return {
      concurrency: knee.concurrency,
      topology_line: topologyLine,
      levels: levels.map(viewLevel),
    }
  },
})

/** Throws KNEE_UNKNOWN: a kind that gives no sample cannot be measured. */
export const notMeasurable = (service: string, kind: string): ControlError =>
  new ControlError('KNEE_UNKNOWN', `${service} cannot be measured`, {
    hint: `the kind ${kind} names no request to measure with`,
  })

const notFinished = (): ControlError =>
  new ControlError('KNEE_NOT_MEASURED', 'the controller was restarted in the middle', {
    hint: 'measure again in a quiet window',
  })

async function climb(job: Job<KneeInput>, service: Service, sample: Sample): Promise<Level[]> {
  const { signal } = job
  const ask = askerOf(service, sample)
  const steps = levelsUpTo(job.input.most)
  const levels: Level[] = []
  // What the first request finds cold, no later one does.
  let sent = 0
  await ask(sent++, signal)
  for (const [index, concurrency] of steps.entries()) {
    job.percent(Math.round((100 * index) / steps.length))
    try {
      levels.push(await measureQuietly(job, service, ask, concurrency, sent))
    } catch (thrown) {
      signal.throwIfAborted()
      const isFirst = levels.length === 0
      if (isFirst || (thrown as ControlError).code === 'KNEE_DISTURBED') throw thrown
      job.line(`${concurrency} at a time: ${(thrown as Error).message}`)
      break
    }
    sent += requestsAt(concurrency) * TRIES
    job.line(describe(levels.at(-1) as Level))
    if (isPast(levels)) break
  }
  return levels
}

/** A level counts only if nobody else was served meanwhile, as far as the controller sees. */
async function measureQuietly(
  job: Job<KneeInput>,
  service: Service,
  ask: Ask,
  concurrency: number,
  firstN: number,
): Promise<Level> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let isDisturbed = service.http().inFlight > 0
    const watched: Ask = async (n, signal) => {
      await ask(n, signal)
      isDisturbed ||= service.http().inFlight > 0
    }
    const from = firstN + attempt * requestsAt(concurrency)
    const level = await measureLevel(watched, concurrency, from, service.clock, job.signal)
    if (!isDisturbed) return level
    job.line(`${concurrency} at a time: others were served meanwhile; measured again.`)
  }
  throw new ControlError('KNEE_DISTURBED', `${service.id} is not quiet: others use it`, {
    hint: 'measure again when nobody does; a lease keeps swaps away, not requests',
  })
}

const askerOf =
  (service: Service, sample: Sample): Ask =>
  async (n, signal) => {
    const { path, headers } = sample
    const answer = await service.http().stream(path, { headers, body: sample.body(n), signal })
    let begin = ''
    for await (const part of answer.body)
      if (begin.length < 200) begin += part.toString('utf8').slice(0, 200)
    if (answer.status < 300) return
    throw new ControlError('KNEE_NOT_MEASURED', `the server answered ${answer.status}: ${begin}`)
  }

const describe = ({ concurrency, perSecond, medianS }: Level): string =>
  `${concurrency} at a time: ${round(perSecond)} a second, each took ${round(medianS)} s`

const viewLevel = ({ concurrency, perSecond, medianS }: Level) => ({
  ...{ concurrency, per_second: round(perSecond), median_s: round(medianS) },
})

const round = (value: number): number => Number(value.toPrecision(3))
