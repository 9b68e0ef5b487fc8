import type { TokenSpec } from '../access/tokens.ts'
import type { Limits } from '../admission/gate.ts'
import type { HostSpec } from '../hosts/host.ts'
import type { WebhookSpec } from './webhook-keys.ts'

/** A topology that passed every check; `${…}` are resolved, defaults filled in. */
export interface Topology {
  cluster: string
  listen: { host: string; port: number }
  access: {
    hosts: string[]
    trusted_origins: string[]
    trusted_proxies: string[]
    /** Without any, everybody may everything. */
    tokens: TokenSpec[]
  }
  hosts: Record<string, HostSpec>
  /** Enabled and disabled services, in the file's order. */
  services: Record<string, ServiceSpec>
  /** Folders of out-of-tree kinds, absolute. */
  plugins: string[]
  /** Where events are sent, in the file's order. */
  webhooks: WebhookSpec[]
}

/** A service as the topology gives it, defaults filled in. */
export interface ServiceSpec {
  id: string
  kind: string
  isDisabled: boolean
  /** Host id; absent when `url` is given or the kind runs in the controller. */
  host?: string
  port?: number
  url?: string
  api_key?: string
  /** SSH user of this service on its host; absent means the host's. */
  user?: string
  /** Milliseconds; null = no limit of ours (the default). */
  request_timeout_ms: number | null
  /** How many requests it is sent at a time, and how many wait; absent: as many as come. */
  limits?: Limits
  /** How often a request that cannot have reached its server is sent again. */
  retries: number
  /** The one that is meant when a caller names none. */
  default: boolean
  /** The kind's own keys, validated by its schema, defaults filled in. */
  settings: Record<string, unknown>
  /** Every host id the entry names, its own first; a change of one of them is a change of this. */
  uses?: readonly string[]
  /** Those of them it runs on: without the hosts of further servers it only asks. */
  runsOn?: readonly string[]
}

/** One mistake (or warning), placed in the file. Lines and columns count from 1. */
export interface Diagnostic {
  severity: 'error' | 'warning'
  code: string
  file: string
  line: number
  column: number
  /** Dotted path (`services.llm.port`); empty for the file as a whole. */
  path: string
  /** What is wrong, with the value. */
  message: string
  /** The way out (`did you mean "spark-1"?`). */
  hint?: string
  /** The line of the file, for showing with a caret. */
  source?: string
}
