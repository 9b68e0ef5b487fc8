import type { JobView, Service } from '#core'
import { activeJob } from '../probe.ts'
import { servedBy } from '../served.ts'
import type { Settings } from '../settings.ts'
import { countRequests, duration } from '../words.ts'

/** What a service is about, as far as those who wait want to know. */
export interface Situation {
  /** The load or unload that is under way. */
  job: JobView | undefined
  /** The model it loads. */
  loading: string | null
  /** The model that answers. */
  loaded: string | null
}

/** Why nothing has begun yet. */
export interface Obstacle {
  /** Requests being answered; null: that could not be read. */
  running: number | null
  /** For how long the loaded model stays; 0 once it may go. */
  staysMs: number
  /** Who holds the machines. */
  heldBy: string | null
}

/** Reads it from memory, so that it can be asked for every second. */
export function situationOf(service: Service<Settings>): Situation {
  const job = activeJob(service)
  const loaded = servedBy(service).get()?.models[0] ?? null
  return { job, loading: job ? loadedBy(job) : null, loaded }
}

/** What a request for a model waits for just now: `loading weights 40 %`. */
export function phaseOf(model: string, { job, loading }: Situation, why: Obstacle): string {
  if (job) {
    const percent = job.percent === null ? '' : ` ${Math.round(job.percent)} %`
    const phase = `${job.phase ?? 'about to begin'}${percent}`
    return loading === model ? phase : `“${job.title}” first: ${phase}`
  }
  const { running, staysMs, heldBy } = why
  if (heldBy !== null) return heldBy
  if (staysMs > 0) return `the loaded model stays for another ${duration(staysMs / 1000)}`
  if (running === null) return 'not known whether a request is being answered'
  return running > 0 ? `${countRequests(running)} still being answered` : 'about to begin'
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(n: number): string {
  const isTeen = n % 100 >= 11 && n % 100 <= 13
  return `${n}${(!isTeen && ['th', 'st', 'nd', 'rd'][n % 10]) || 'th'}`
}

/** The model a job loads; null for one that unloads. */
const loadedBy = ({ kind, input }: JobView): string | null =>
  kind.endsWith('.swap') ? ((input as { model?: string } | null)?.model ?? null) : null
