import { nameOf } from '../coordination/resources.ts'
import type { Happening } from '../events/happening.ts'
import type { Delivery } from './outbox.ts'

/** `%s` is the resource. */
const SENTENCES: Readonly<Record<Happening['name'], string>> = {
  swap_started: 'has started',
  swap_complete: 'is done',
  swap_failed: 'has failed',
  download_complete: 'is done',
  download_failed: 'has failed',
  lease_acquired: 'has reserved %s',
  lease_released: 'has given %s back',
  lease_expired: 'has let its reservation of %s run out',
  lease_forced: 'has lost its reservation of %s: somebody released it',
  service_down: 'is down',
  service_up: 'is up again',
  host_down: 'cannot be reached',
  host_up: 'can be reached again',
  disk_low: 'is short of disk space',
  service_flapping: 'keeps going down and coming back',
  host_flapping: 'keeps being lost and coming back',
  test: 'sent this to try out the webhook',
  summary: '',
}

const TROUBLE: ReadonlySet<string> = new Set<Happening['name']>([
  'swap_failed',
  'download_failed',
  'lease_forced',
  'service_down',
  'host_down',
  'service_flapping',
  'host_flapping',
  'disk_low',
])

/** Whether somebody should look. */
export const isTrouble = ({ name, data }: Pick<Delivery, 'name' | 'data'>): boolean =>
  TROUBLE.has(name) || data.is_trouble === true

/** A happening as one sentence for a person: what it is about, what happened, why. */
export function wordsOf({ name, subject, data }: Pick<Delivery, 'name' | 'subject' | 'data'>) {
  if (name === 'summary') return [`${subject}:`, ...(data.lines as string[])].join('\n')
  const { error, reason, resource, duration_s: seconds } = data as Said
  const sentence = SENTENCES[name as Happening['name']] ?? name.replaceAll('_', ' ')
  const what = sentence.replace('%s', () => nameOf(resource ?? 'gpu'))
  const why = error?.message ?? reason
  const after = typeof seconds === 'number' && seconds >= 1 ? ` after ${inWords(seconds)}` : ''
  return `${subject} ${what}${after}${steadiness(data)}${typeof why === 'string' && why !== '' ? `: ${why}` : ''}`
}

/** What of a happening's data goes into its sentence; none of it has to be there. */
interface Said {
  error?: { message?: unknown }
  reason?: unknown
  resource?: string
  duration_s?: unknown
}

/** What there is to say of one that flaps, or has ceased to. */
function steadiness({ times, within_s, steady_s }: Delivery['data']): string {
  if (typeof steady_s === 'number') return `, and has been for ${inWords(steady_s)}`
  if (typeof within_s !== 'number') return ''
  return `, ${String(times)} times within ${inWords(within_s)}; the next message comes when it is steady`
}

function inWords(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`
}
