import { asControlError, type Kind, type Service } from '#core'
import { type Acts, actPatiently } from '../demand/act-patiently.ts'
import { situationOf } from '../demand/situation.ts'
import { lastLoaded } from '../kept.ts'
import { titleIn } from '../recipe/recipe-book.ts'
import { servedBy } from '../served.ts'
import { engineFor, hostsOf } from '../services.ts'
import type { Settings } from '../settings.ts'
import {
  type Finding,
  MOST_TRIES,
  NOTHING_LOST,
  nextRestore,
  type RestoreState,
} from './restore.ts'
import { tellTrouble, troubleOf } from './trouble.ts'

const LOOK_EVERY_MS = 5_000
const STATE = 'restore'

/** Loads a model again that was lost: its machine rebooted, or its engine died. */
export async function restoreLost(
  service: Service<Settings>,
  kind: Pick<Kind<Settings>, 'operate' | 'log'>,
  acts: Pick<Acts, 'swap'>,
): Promise<void> {
  const { signal, clock, store, settings } = service
  const box = servedBy(service)
  let failure = ''
  let servedSinceMs: number | undefined
  while (!signal.aborted) {
    try {
      await round()
    } catch (err) {
      if (!signal.aborted) kind.log.error({ err, service: service.id }, 'restore failed')
    }
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {}) // the condition ends it
  }

  async function round(): Promise<void> {
    const before = store.get<RestoreState>(STATE) ?? NOTHING_LOST
    const { state, act } = nextRestore(before, await look(before))
    if (act === 'load') return tryAgain(before, state)
    keep(before, state)
    if (act === 'give up') giveUp()
  }

  function keep(before: RestoreState, state: RestoreState): void {
    if (JSON.stringify(state) !== JSON.stringify(before)) store.set(STATE, state)
  }

  async function look(state: RestoreState): Promise<Finding> {
    const { job } = situationOf(service)
    if (job) return { is: job.id === state.job ? 'unclear' : 'taken over' }
    if (box.get()) {
      servedSinceMs ??= clock.now()
      return { is: 'served', forMs: clock.now() - servedSinceMs }
    }
    servedSinceMs = undefined
    // what took the memory away once would do so again
    if (troubleOf(service)?.code === 'MEMORY_FLOOR') return { is: 'nothing' }
    if (state.job !== null) return howItEnded(state.job)
    return (await isLost()) ?? { is: 'unclear' }
  }

  function howItEnded(id: string): Finding {
    const job = service.jobs.get(id)
    if (job?.state !== 'failed')
      return { is: job?.state === 'cancelled' ? 'taken over' : 'unclear' }
    failure = job.error?.message ?? ''
    return { is: 'failed' }
  }

  /** An unload forgets what was launched, so what is remembered and not there was lost. */
  async function isLost(): Promise<Finding | undefined> {
    const launched = box.kept.launched()
    const hosts = hostsOf(service).filter(({ id }) => launched[id] !== undefined)
    if (hosts.length === 0) return { is: 'nothing' }
    try {
      const looks = await Promise.all(hosts.map((host) => engineFor(service).look(host, signal)))
      const isGone = looks.some(
        (seen, index) => seen.state !== 'running' || (index === 0 && seen.engines.length === 0),
      )
      return isGone ? { is: 'lost' } : undefined
    } catch {
      return undefined // a machine that is still starting is asked again
    }
  }

  async function tryAgain(before: RestoreState, state: RestoreState): Promise<void> {
    const model = wanted()
    if (model === undefined) return keep(before, { ...state, hasGivenUp: true })
    try {
      const outcome = await actPatiently(kind, acts.swap, { model, service: service.id }, signal)
      // what somebody else holds is no try
      if (outcome.is !== 'begun') return
      keep(before, { ...state, job: outcome.job })
      service.notify({
        code: 'RESTORING',
        message: `${titleIn(service.recipes, model)} was lost on ${service.host.id} and is being loaded again (try ${state.tries} of ${MOST_TRIES})`,
      })
    } catch (thrown) {
      failure = asControlError(thrown).message
      keep(before, { ...state, looks: 1 })
    }
  }

  function wanted(): string | undefined {
    return settings.restore === 'default' ? settings.on_demand?.default_model : lastLoaded(service)
  }

  function giveUp(): void {
    const model = wanted()
    const what = model === undefined ? engineFor(service).thing : titleIn(service.recipes, model)
    tellTrouble(service, {
      code: 'RESTORE_FAILED',
      at: new Date(clock.now()).toISOString(),
      message: `${what} was lost on ${service.host.id} and could not be loaded again in ${MOST_TRIES} tries${failure ? `: ${failure}` : ''}`,
      hint: 'see the failed jobs for the cause, then load it by hand',
    })
  }
}
