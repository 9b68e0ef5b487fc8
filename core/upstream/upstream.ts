import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AdmissionView } from '../admission/view.ts'

/** A buffered answer of `request`. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: Buffer
  json<T = unknown>(): T
}

export interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  /** A string or bytes go as they are; anything else as JSON. */
  body?: unknown
  signal?: AbortSignal
  /** Deadline for the whole answer; default 5 000 ms. */
  timeoutMs?: number
  /** Largest answer; default 4 MiB. */
  maxBytes?: number
}

export interface ForwardOptions {
  /** Path and query at the upstream; core builds it from checked segments. */
  path: string
  method?: string
  /** The body if it was already read; else `req` is streamed. */
  body?: Buffer
  /** Largest body streamed up; over it 413 and the upstream is cut. */
  maxBytes: number
  /** Extra headers for the answer (`X-Request-Id`). */
  answerHeaders?: Record<string, string>
  /** Called when an SSE answer broke off: what to send instead of a clean end. */
  onBrokenStream?(): string | undefined
}

/** One server behind a service: probes, calls and the pass-through share its pool and counts. */
export interface Upstream {
  /** http(s)://address:port, no path. */
  readonly origin: string
  /** Requests being handed through now. */
  readonly inFlight: number
  readonly isDraining: boolean
  /** A small buffered call. Throws UPSTREAM_UNREACHABLE | UPSTREAM_TIMEOUT | UPSTREAM_FAILED. */
  request(path: string, options?: RequestOptions): Promise<Reply>
  /** Hands a request through; resolves when the answer ended, in whatever way. Never rejects. */
  forward(req: IncomingMessage, res: ServerResponse, options: ForwardOptions): Promise<void>
  /**
   * New requests get 503 DRAINING until `resume`; resolves true when none is left, false at the
   * deadline. `cut` ends what is still running and returns how many that were.
   */
  drain(timeoutMs: number, signal?: AbortSignal): Promise<boolean>
  cut(): number
  resume(): void
  close(): Promise<void>
}

/** An upstream as the core has it: with the gate before it. */
export interface GatedUpstream extends Upstream {
  /** Whether as many wait as may; always false without limits. */
  readonly isFull: boolean
  /** Whether `forward` would refuse a request now for want of room (QUEUE_FULL). */
  wouldRefuse(req: IncomingMessage): boolean
  /** How many wait, and counts since the start; null without limits. */
  admission(): AdmissionView | null
}
