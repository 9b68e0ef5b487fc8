import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AdmissionView } from '../admission/view.ts'
import type { Call } from '../api.ts'
import type { OwnAnswerOptions } from './own-answer.ts'

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

export interface StreamOptions {
  /** Default POST. */
  method?: string
  headers?: Record<string, string>
  /** Sent as it comes, no faster than the server takes it. */
  body?: AsyncIterable<Uint8Array> | Uint8Array | string
  /** Ends the call at the server too: `admitted.signal`. */
  signal: AbortSignal
}

/** An answer that is read as it comes. To leave its body unread, abort the signal. */
export interface StreamReply {
  status: number
  headers: Record<string, string>
  body: AsyncIterable<Buffer>
}

/** Who asks to be let in; a handler passes its call. */
export interface Admission extends Pick<Call, 'caller' | 'signal'> {
  /** What its body takes of memory while it waits; default 0. */
  sizeBytes?: number
}

/** A caller who was let in. */
export interface Admitted {
  /** Aborts when the caller leaves, or with DRAINING when the service is stopped. */
  readonly signal: AbortSignal
  /** To be called when the answer has ended, in whatever way; again is harmless. */
  leave(): void
}

/** One server behind a service: probes, calls and the pass-through share its pool and counts. */
export interface Upstream {
  /** http(s)://address:port, no path. */
  readonly origin: string
  /** Requests being handed through or let in now. */
  readonly inFlight: number
  readonly isDraining: boolean
  /** A small buffered call. Throws UPSTREAM_UNREACHABLE | UPSTREAM_TIMEOUT | UPSTREAM_FAILED. */
  request(path: string, options?: RequestOptions): Promise<Reply>
  /**
   * A call that streams both ways, without a deadline but request_timeout (the server's silence).
   * Throws UPSTREAM_UNREACHABLE | UPSTREAM_TIMEOUT | UPSTREAM_FAILED, or the signal's reason.
   */
  stream(path: string, options: StreamOptions): Promise<StreamReply>
  /**
   * Lets a caller in by the service's `concurrency`, `queue` and `max_wait`, before its body is read;
   * `forward` does so by itself. Throws QUEUE_FULL | WAITED_TOO_LONG | DRAINING.
   */
  admit(admission: Admission): Promise<Admitted>
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
  /** Lets the service itself answer a request, behind the same gate. Never rejects. */
  answer(req: IncomingMessage, res: ServerResponse, options: OwnAnswerOptions): Promise<void>
  /** Whether `forward` would refuse a request now for want of room (QUEUE_FULL). */
  wouldRefuse(req: IncomingMessage): boolean
  /** How many wait, and counts since the start; null without limits. */
  admission(): AdmissionView | null
}
