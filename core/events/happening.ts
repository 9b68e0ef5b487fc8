/**
 * What programs outside are told, by name. The one list: topology.yaml, the job definitions of the
 * kinds and everything that tells one take their names from here.
 */
export const HAPPENINGS = [
  'swap_started',
  'swap_complete',
  'swap_failed',
  'download_complete',
  'download_failed',
  'lease_acquired',
  'lease_released',
  'lease_expired',
  'lease_forced',
  'service_down',
  'service_up',
  'host_down',
  'host_up',
  'disk_low',
] as const

export type HappeningName = (typeof HAPPENINGS)[number]

/** The part of a name before its stage that jobs can have: `swap` of `swap_complete`. */
export type JobHappening = 'swap' | 'download'

/** What webhooks make themselves: a test by hand, one for many changes, one for a quiet time. */
export type OwnName = 'test' | 'service_flapping' | 'host_flapping' | 'summary'

/** Something that happened, as it is told to the outside. */
export interface Happening {
  /** The same happening told twice has the same key, and is sent once. */
  key: string
  name: HappeningName | OwnName
  /** What it is about, in the owner's words: a job's title, a service, a host. */
  subject: string
  /** snake_case; JSON. */
  data: Record<string, unknown>
}

/** Tells a happening to whoever wants it. Synchronous: on the disk when it returns. */
export type Tell = (happening: Happening) => void

/** Whether a name is one that is told. */
export const isHappening = (name: string): name is HappeningName =>
  (HAPPENINGS as readonly string[]).includes(name)
