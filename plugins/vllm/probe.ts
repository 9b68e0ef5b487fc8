import type { Health, JobView, Service } from '#core'
import type { Failure } from './failure/failures.ts'
import { whyDied } from './failure/why-died.ts'
import type { Served } from './kept.ts'
import type { EngineLook } from './launch/engine.ts'
import { gaugesOf, readPage } from './metrics/engine-metrics.ts'
import { meterOf } from './metrics/meter.ts'
import { type Answering, readServed } from './read-served.ts'
import { troubleOf } from './safety/trouble.ts'
import { type ServedBox, servedBy } from './served.ts'
import { engineFor, hostsOf } from './services.ts'
import type { Settings } from './settings.ts'

/** One look at a service: its HTTP first, its container where HTTP alone cannot tell. */
export async function probeEngine(
  service: Service<Settings>,
  signal: AbortSignal,
): Promise<Health> {
  const upstream = service.http()
  const box = servedBy(service)
  const answering = await readServed(upstream, signal)
  if (answering.state === 'serving') {
    const [families] = await Promise.all([
      readPage(upstream, signal),
      noteServed(service, box, answering, signal),
    ])
    meterOf(service).take(families, modelOf(box))
    return { state: 'up', figures: figuresOf(service, box) }
  }
  if (answering.state === 'late') {
    return { state: 'busy', reason: 'it has not answered within 5 seconds; long prompts do that' }
  }
  const job = activeJob(service)
  if (answering.state === 'refused') return whenRefused(service, box, job, signal)
  if (job?.kind.endsWith('.swap')) return starting(job)
  forget(service, box)
  return { state: 'down', reason: answering.reason }
}

/** The swap or unload that is under way on a service. */
export const activeJob = (service: Service<Settings>): JobView | undefined =>
  service.jobs
    .active()
    .find(({ service: id, kind }) => id === service.id && /\.(swap|unload)$/.test(kind))

/** Nothing listens: loading, unloaded on purpose, or crashed? Only the container can tell. */
async function whenRefused(
  service: Service<Settings>,
  box: ServedBox,
  job: JobView | undefined,
  signal: AbortSignal,
): Promise<Health> {
  if (job?.kind.endsWith('.swap')) {
    forget(service, box)
    return starting(job)
  }
  if (!canLook(service)) {
    forget(service, box)
    return { state: 'down', reason: 'nothing answers on its port' }
  }
  // a host that cannot be asked makes this throw: then the state is unknown, not "idle"
  const engine = engineFor(service)
  const look = await engine.look(service.host, signal)
  forget(service, box)
  const health = judgeEngine(look, engine.thing, await whyDied(service, engine, look, signal))
  const trouble = troubleOf(service)
  if (!trouble || health.state === 'starting') return health
  return { state: 'down', reason: trouble.message }
}

/** What a container or a process says about a port that refuses. */
export function judgeEngine(look: EngineLook, thing: string, cause?: Failure): Health {
  if (look.state === 'absent') return { state: 'idle', reason: 'no model is loaded' }
  const why = cause ? `: ${cause.message}` : ''
  const hint = cause ? `. ${cause.hint}` : ''
  if (look.state === 'stopped') {
    const status = look.exitCode === null ? '' : ` with status ${look.exitCode}`
    const killed = look.isOomKilled ? ' (out of memory)' : ''
    return { state: 'down', reason: `${thing} has stopped${status}${killed}${why}${hint}` }
  }
  if (look.engines.length > 0) {
    return { state: 'starting', reason: 'a model is being loaded that was not started from here' }
  }
  return {
    state: 'down',
    reason: `${thing} runs, but the engine in it has ended${why}; unload, then load again${hint}`,
  }
}

const starting = ({ phase, percent }: JobView): Health => ({
  state: 'starting',
  reason: `${phase ?? 'loading'}${percent === null ? '' : `, ${Math.round(percent)} %`}`,
})

function canLook(service: Service<Settings>): boolean {
  if (!service.settings.manage) return false
  const { spec } = service.host
  return spec.local || spec.user !== undefined
}

function forget(service: Service<Settings>, box: ServedBox): void {
  meterOf(service).clear()
  if (box.set(null)) service.changed('models')
}

/** Keeps what is served; looks at the container only when that has changed. */
async function noteServed(
  service: Service<Settings>,
  box: ServedBox,
  answering: Answering & { state: 'serving' },
  signal: AbortSignal,
): Promise<void> {
  const before = box.get()
  const seenAt = new Date(service.clock.now()).toISOString()
  const { models, root, maxModelLen } = answering
  const isSame =
    before && before.root === root && JSON.stringify(before.models) === JSON.stringify(models)
  // requests may come through before it is known which container it is
  if (!isSame) box.set({ models, root, maxModelLen, seenAt, since: seenAt, containers: {} })
  const origin =
    isSame && Object.keys(before.containers).length > 0
      ? { since: before.since, containers: before.containers }
      : await findOrigin(service, isSame ? before.since : null, seenAt, signal)
  const served: Served = { models, root, maxModelLen, seenAt, ...origin }
  if (box.set(served)) service.changed('models')
}

/** Which containers serve it, and since when. */
async function findOrigin(
  service: Service<Settings>,
  knownSince: string | null,
  seenAt: string,
  signal: AbortSignal,
): Promise<Pick<Served, 'since' | 'containers'>> {
  const containers: Record<string, string> = {}
  const own: Record<string, string> = {}
  let since = knownSince ?? seenAt
  if (!canLook(service)) return { since, containers }
  await Promise.all(
    hostsOf(service).map(async (host, index) => {
      try {
        const look = await engineFor(service).look(host, signal)
        if (look.state !== 'running') return
        containers[host.id] = look.id
        if (look.owner === service.id) own[host.id] = look.id
        if (index === 0 && look.startedAt) since = new Date(look.startedAt).toISOString()
      } catch {
        // it serves whether or not its host can be asked; asked again at the next probe
      }
    }),
  )
  // what is written on it is known even where the store was lost
  const { kept } = servedBy(service)
  if (Object.keys(own).length > 0) kept.setLaunched({ ...kept.launched(), ...own })
  return { since, containers }
}

/** Whether someone else started what runs; null while that is not known. */
export function isForeign(box: ServedBox): boolean | null {
  const served = box.get()
  if (!served) return null
  const found = Object.entries(served.containers)
  if (found.length === 0) return null
  const launched = box.kept.launched()
  return found.some(([host, id]) => (launched[host] !== undefined ? launched[host] !== id : true))
}

/** The model behind the served names. */
function modelOf(box: ServedBox): string | undefined {
  const served = box.get()
  return served?.root ?? served?.models[0]
}

function figuresOf(service: Service<Settings>, box: ServedBox): Record<string, number | string> {
  const served = box.get()
  const check = box.kept.selfCheck()
  const model = modelOf(box)
  const meter = meterOf(service)
  const metrics = gaugesOf(meter.families())
  return {
    ...(model && { model }),
    ...(metrics.running !== undefined && { running: metrics.running }),
    ...(metrics.waiting !== undefined && { waiting: metrics.waiting }),
    ...(metrics.cachePercent !== undefined && { cache_percent: metrics.cachePercent }),
    ...meter.rates(),
    ...(served?.maxModelLen && { max_model_len: served.maxModelLen }),
    ...(check && served?.models.includes(check.model) && { self_check: checkWord(check) }),
    ...(isForeign(box) && { started_by: 'someone else' }),
  }
}

function checkWord(check: { answered: boolean; tool_call: { passed: boolean } | null }): string {
  if (!check.answered) return 'did not answer'
  if (!check.tool_call) return 'answered'
  return check.tool_call.passed ? 'answered, tool call works' : 'answered, tool call failed'
}
