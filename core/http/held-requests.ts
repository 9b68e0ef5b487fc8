import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError } from '../errors.ts'
import type { Clock, Hold } from '../plugin.ts'
import { beginEvents, comment } from '../upstream/begun.ts'

/** The most that waits in memory, over all services. */
export interface HeldLimits {
  requests: number
  bytes: number
}

export interface HeldCaller {
  req: IncomingMessage
  res: ServerResponse
  /** The caller asked for a stream of events, so that comments can tell it how it stands. */
  isStream: boolean
  /** What its body takes of memory. */
  sizeBytes: number
  answerHeaders: Record<string, string>
}

export interface HeldRequests {
  /**
   * Waits for a hold on its caller's behalf: true when the request can go on, false when the caller
   * has left. Throws OVERLOADED beyond the limits, or what the hold was refused with.
   */
  wait(hold: Hold, caller: HeldCaller): Promise<boolean>
  readonly requests: number
}

const LOOK_MS = 1_000
/** What has not changed is said again after so many looks: sooner than a client or proxy gives up. */
const LOOKS_A_BEAT = 5
const LIMITS: HeldLimits = { requests: 2_000, bytes: 256 * 1024 ** 2 }

/** Keeps the requests that wait for their model, bounded in number and in bytes. */
export function createHeldRequests(clock: Clock, limits: HeldLimits = LIMITS): HeldRequests {
  let requests = 0
  let bytes = 0
  return {
    get requests() {
      return requests
    },
    async wait(hold, caller) {
      if (requests >= limits.requests || bytes + caller.sizeBytes > limits.bytes) {
        hold.leave()
        throw overloaded(requests, bytes)
      }
      requests += 1
      bytes += caller.sizeBytes
      try {
        return await waitOut(hold, caller, clock)
      } finally {
        requests -= 1
        bytes -= caller.sizeBytes
      }
    },
  }
}

async function waitOut(hold: Hold, caller: HeldCaller, clock: Clock): Promise<boolean> {
  const { res, isStream, answerHeaders } = caller
  const over = new AbortController()
  const left = new Promise<false>((resolve) => {
    const leave = (): void => {
      hold.leave()
      resolve(false)
    }
    if (res.destroyed) leave()
    else res.once('close', leave)
    over.signal.addEventListener('abort', () => res.off('close', leave))
  })
  try {
    if (isStream) {
      beginEvents(res, answerHeaders)
      void beat(hold, res, clock, over.signal)
    }
    return await Promise.race([hold.ready.then(() => true), left])
  } finally {
    over.abort()
  }
}

async function beat(
  hold: Hold,
  res: ServerResponse,
  clock: Clock,
  over: AbortSignal,
): Promise<void> {
  let told = ''
  for (let looks = 0; !over.aborted && !res.destroyed; looks++) {
    const text = comment(`waiting, ${hold.describe()}`)
    if (text !== told || looks % LOOKS_A_BEAT === 0) res.write(text)
    told = text
    await clock.sleep(LOOK_MS, over).catch(() => {
      // The wait is over; the condition ends the loop.
    })
  }
}

const overloaded = (requests: number, bytes: number): ControlError =>
  new ControlError(
    'OVERLOADED',
    `${requests} requests with ${Math.ceil(bytes / 1024 ** 2)} MiB already wait for a model.`,
    { hint: 'Ask again when some of them have been answered.', retryAfterS: 30 },
  )
