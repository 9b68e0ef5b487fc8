import type { KindFacts } from './kind-facts.ts'
import type { Pointer } from './pointer.ts'
import type { HostKeys, Root } from './schema.ts'

/** The file in work: what of it is sound, defaults filled in. */
export interface Draft {
  /** The keys besides hosts and services. */
  root: Root
  /** Every id under hosts:, sound or not. */
  hostIds: string[]
  /** The sound ones. */
  hosts: Map<string, HostKeys & { address: string }>
  /** Every id under services:, sound or not. */
  serviceIds: string[]
  /** Those of a known kind, in the file's order. */
  services: DraftService[]
}

/** A service of a known kind. Values that do not fit the kind's schema are left out. */
export interface DraftService {
  id: string
  at: Pointer
  facts: KindFacts
  isDisabled: boolean
  /** Whether the entry matches its kind's schema. */
  isSound: boolean
  host?: string
  port?: number
  url?: string
  api_key?: string
  user?: string
  request_timeout?: string
  concurrency?: number
  queue?: number
  max_wait?: string
  retry: number
  default: boolean
  settings: Record<string, unknown>
}

/** A service as a message names it. */
export const named = (service: DraftService): string => `services.${service.id}`
