import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Gate, type Limits } from '../admission/gate.ts'
import { clientOf, passGate } from '../admission/pass-gate.ts'
import type { AdmissionView } from '../admission/view.ts'
import { systemClock } from '../clock.ts'
import type { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import { admit, type Underway } from './admitted.ts'
import { callUpstream } from './call-upstream.ts'
import { checkedOrigin, neverHandedThrough } from './checked-origin.ts'
import { Forwarding } from './forwarding.ts'
import { GrowingPool } from './growing-pool.ts'
import { refuseTarget } from './guard-request.ts'
import type { Lane } from './lane.ts'
import { OwnAnswering, type OwnAnswerOptions } from './own-answer.ts'
import { createPrivateLookup } from './private-lookup.ts'
import { createRepeats } from './repeats.ts'
import { streamUpstream } from './stream-call.ts'
import { declaredBytes, tooLarge } from './upload.ts'
import type {
  Admission,
  Admitted,
  ForwardOptions,
  GatedUpstream,
  Reply,
  RequestOptions,
  StreamOptions,
  StreamReply,
} from './upstream.ts'
import { draining } from './upstream-error.ts'
import { writeError } from './write-error.ts'

export interface UpstreamSettings {
  /** http(s)://address:port */
  origin: string
  apiKey?: string
  /** The longest silence of the server in ms; null = no limit. */
  requestTimeoutMs: number | null
  clock?: Clock
  /** Lets the origin be a public address: for the redaction frontier and webhooks alone. */
  isPublicAllowed?: boolean
  /** Only over TLS, and only calls of our own: what a caller sent is never handed through as it is. */
  isCallOnly?: boolean
  /** Certificate authorities besides the system's own, in PEM. */
  ca?: string | undefined
  /** How names are resolved at each connection. */
  lookup?: LookupFunction
  /** How many requests are handed through at a time; absent: as many as come. */
  limits?: Limits
  /** How often a request that cannot have reached the server is sent again; default 0. */
  retries?: number
}

/** Opens the way to one server; nothing connects before the first request. Throws UPSTREAM_NOT_PRIVATE. */
export function createUpstream(settings: UpstreamSettings): GatedUpstream {
  return new PoolUpstream(settings)
}

class PoolUpstream implements GatedUpstream {
  readonly origin: string
  readonly #lane: Lane
  readonly #running = new Set<Underway>()
  readonly #whenIdle = new Set<() => void>()
  readonly #gate: Gate | null
  readonly #isCallOnly: boolean
  #isDraining = false
  #isClosed = false

  constructor(settings: UpstreamSettings) {
    this.origin = checkedOrigin(settings)
    const clock = settings.clock ?? systemClock
    this.#isCallOnly = settings.isCallOnly ?? false
    this.#gate = settings.limits ? new Gate(settings.limits, clock) : null
    this.#lane = {
      origin: this.origin,
      pool: createPool(this.origin, settings),
      credentials: settings.apiKey ? ['authorization', `Bearer ${settings.apiKey}`] : [],
      requestTimeoutMs: settings.requestTimeoutMs,
      clock,
      repeats: settings.retries ? createRepeats(settings.retries, clock) : null,
      ended: (forwarding) => this.#ended(forwarding),
    }
  }

  get inFlight(): number {
    return this.#running.size
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  get isFull(): boolean {
    return this.#gate?.isFull ?? false
  }

  wouldRefuse(req: IncomingMessage): boolean {
    return this.#gate?.wouldRefuse(clientOf(req)) ?? false
  }

  admission(): AdmissionView | null {
    return this.#gate?.figures() ?? null
  }

  request(path: string, options: RequestOptions = {}): Promise<Reply> {
    return callUpstream(this.#lane, path, options)
  }

  stream(path: string, options: StreamOptions): Promise<StreamReply> {
    return streamUpstream(this.#lane, path, options)
  }

  async admit(admission: Admission): Promise<Admitted> {
    if (this.#isDraining || this.#isClosed) throw draining()
    return admit(this.#gate, admission, {
      begin: (underway) => this.#running.add(underway),
      end: (underway) => this.#ended(underway),
    })
  }

  forward(req: IncomingMessage, res: ServerResponse, options: ForwardOptions): Promise<void> {
    if (this.#isCallOnly) {
      writeError(req, res, neverHandedThrough(), options.answerHeaders)
      return Promise.resolve()
    }
    return this.#letIn(req, res, options, () => this.#send(req, res, options))
  }

  answer(req: IncomingMessage, res: ServerResponse, options: OwnAnswerOptions): Promise<void> {
    return this.#letIn(req, res, options, () => {
      const answering = new OwnAnswering()
      this.#running.add(answering)
      return answering.run(req, res, options).finally(() => this.#ended(answering))
    })
  }

  #letIn(
    req: IncomingMessage,
    res: ServerResponse,
    options: ForwardOptions,
    send: () => Promise<void>,
  ): Promise<void> {
    const refusal = this.#refusal(req, options)
    if (refusal) {
      writeError(req, res, refusal, options.answerHeaders)
      return Promise.resolve()
    }
    return this.#gate ? passGate(this.#gate, req, res, options, send) : send()
  }

  #send(req: IncomingMessage, res: ServerResponse, options: ForwardOptions): Promise<void> {
    return new Promise((resolve) => {
      const forwarding = new Forwarding(this.#lane, req, res, options, resolve)
      this.#running.add(forwarding)
      forwarding.start()
    })
  }

  drain(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    this.#isDraining = true
    this.#gate?.refuseAll(draining())
    if (this.inFlight === 0) return Promise.resolve(true)
    const over = new AbortController()
    const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal
    return new Promise<boolean>((resolve, reject) => {
      const idle = (): void => resolve(true)
      this.#whenIdle.add(idle)
      this.#lane.clock
        .sleep(timeoutMs, until)
        .then(() => resolve(false), reject)
        .finally(() => this.#whenIdle.delete(idle))
    }).finally(() => over.abort())
  }

  cut(): number {
    const running = [...this.#running]
    for (const forwarding of running) forwarding.cut()
    return running.length
  }

  resume(): void {
    this.#isDraining = false
  }

  /** Takes no new requests; resolves when those running have ended (`cut` ends them). */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#isDraining = true
    this.#gate?.refuseAll(draining())
    await this.#lane.pool.close()
  }

  #refusal(req: IncomingMessage, options: ForwardOptions): ControlError | null {
    if (this.#isDraining || this.#isClosed) return draining()
    const sizeBytes = options.body ? options.body.byteLength : declaredBytes(req)
    if (sizeBytes !== undefined && sizeBytes > options.maxBytes) return tooLarge(options.maxBytes)
    return refuseTarget(options.path)
  }

  #ended(underway: Underway): void {
    if (!this.#running.delete(underway)) return
    if (this.#running.size > 0) return
    for (const idle of this.#whenIdle) idle()
  }
}

function createPool(origin: string, settings: UpstreamSettings): GrowingPool {
  const lookup = settings.lookup ?? (settings.isPublicAllowed ? undefined : createPrivateLookup())
  return new GrowingPool(origin, {
    // Only admission queues; every request has a connection of its own.
    connections: null,
    // A model may think for longer than any ceiling we could set: request_timeout decides.
    headersTimeout: 0,
    bodyTimeout: 0,
    // uvicorn closes idle connections after 5 s.
    keepAliveTimeout: 4_000,
    allowH2: false,
    connect: {
      timeout: 10_000,
      autoSelectFamily: false,
      ...(lookup && { lookup }),
      ...(settings.ca && { ca: [...rootCertificates, settings.ca] }),
    },
  })
}
