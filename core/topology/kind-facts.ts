import type { TObject } from '@sinclair/typebox'
import type { KindMistake } from '../plugin.ts'
import type { Topology } from './topology.ts'

/** The keys `concurrency`, `queue` and `max_wait` of a service as its kind would write them. */
export interface KindLimits {
  concurrency: number
  /** More at a time than such a server stands; a topology that asks for more gets a warning. */
  ceiling?: number
  queue?: number
  /** `30s` */
  max_wait?: string
}

/** What reading a topology needs to know of a kind; the caller takes it from the plugin. */
export interface KindFacts {
  kind: string
  place: 'host' | 'controller'
  /** Port where the topology names none; null: it may do without one. */
  defaultPort?: number | null
  /** Requests at the same time, where the topology says nothing. */
  limits?: KindLimits
  /** The kind's own keys. */
  settings: TObject
  /** Cross-checks of its own keys, run when the entry itself is sound. */
  check?(
    service: { id: string; host?: string; port?: number; settings: Record<string, unknown> },
    topology: Topology,
  ): KindMistake[]
}
