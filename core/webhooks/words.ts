import type { Happening } from '../events/happening.ts'
import type { Delivery } from './outbox.ts'

const SENTENCES: Readonly<Record<Happening['name'], string>> = {
  swap_started: 'has started',
  swap_complete: 'is done',
  swap_failed: 'has failed',
  download_complete: 'is done',
  download_failed: 'has failed',
  lease_acquired: 'has reserved the GPU',
  lease_released: 'has given the GPU back',
  lease_expired: 'has let its reservation of the GPU run out',
  lease_forced: 'has lost its reservation of the GPU: somebody released it',
  service_down: 'is down',
  service_up: 'is up again',
  host_down: 'cannot be reached',
  host_up: 'can be reached again',
  disk_low: 'is short of disk space',
  test: 'sent this to try out the webhook',
}

const TROUBLE: ReadonlySet<string> = new Set<Happening['name']>([
  'swap_failed',
  'download_failed',
  'lease_forced',
  'service_down',
  'host_down',
  'disk_low',
])

/** Whether somebody should look. */
export const isTrouble = (name: string): boolean => TROUBLE.has(name)

/** A happening as one sentence for a person: what it is about, what happened, why. */
export function wordsOf({ name, subject, data }: Pick<Delivery, 'name' | 'subject' | 'data'>) {
  const what = SENTENCES[name as Happening['name']] ?? name.replaceAll('_', ' ')
  const {
    error,
    reason,
    duration_s: seconds,
  } = data as {
    error?: { message?: unknown }
    reason?: unknown
    duration_s?: unknown
  }
  const why = error?.message ?? reason
  const after = typeof seconds === 'number' && seconds >= 1 ? ` after ${inWords(seconds)}` : ''
  return `${subject} ${what}${after}${typeof why === 'string' && why !== '' ? `: ${why}` : ''}`
}

function inWords(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`
}
