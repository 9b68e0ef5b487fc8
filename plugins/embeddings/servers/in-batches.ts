import { type Clock, ControlError } from '#core'

export interface BatchLimits {
  /** Items sent at once. */
  size: number
  /** Batches on their way at the same time. */
  parallel: number
  clock: Clock
}

/**
 * Sends items in batches and gives the answers in the order of the items. A batch the server finds
 * too large is sent in halves, one it has no room for again a little later; what fails otherwise ends
 * the others. `send` answers as many as it was given.
 */
export async function inBatches<In, Out>(
  items: readonly In[],
  limits: BatchLimits,
  send: (batch: readonly In[], signal: AbortSignal) => Promise<readonly Out[]>,
  signal: AbortSignal,
): Promise<Out[]> {
  const batches: (readonly In[])[] = []
  for (let at = 0; at < items.length; at += limits.size)
    batches.push(items.slice(at, at + limits.size))
  const answers = new Array<readonly Out[]>(batches.length)
  const failed = new AbortController()
  const until = AbortSignal.any([signal, failed.signal])
  let next = 0
  const work = async (): Promise<void> => {
    while (next < batches.length) {
      const at = next++
      answers[at] = await sendPatiently(batches[at] ?? [], limits.clock, send, until)
    }
  }
  const workers = Array.from({ length: Math.min(limits.parallel, batches.length) }, work)
  try {
    await Promise.all(workers)
  } catch (thrown) {
    failed.abort(thrown)
    await Promise.allSettled(workers)
    throw thrown
  }
  return answers.flat()
}

const MOST_TRIES = 5

async function sendPatiently<In, Out>(
  batch: readonly In[],
  clock: Clock,
  send: (batch: readonly In[], signal: AbortSignal) => Promise<readonly Out[]>,
  signal: AbortSignal,
): Promise<readonly Out[]> {
  for (let tried = 1; ; tried += 1) {
    try {
      const answers = await send(batch, signal)
      if (answers.length !== batch.length) throw miscounted(batch.length, answers.length)
      return answers
    } catch (thrown) {
      signal.throwIfAborted()
      if (!(thrown instanceof ControlError)) throw thrown
      if (thrown.code === 'PAYLOAD_TOO_LARGE' && batch.length > 1)
        return sendHalves(batch, clock, send, signal)
      if (thrown.code !== 'OVERLOADED' || tried === MOST_TRIES) throw thrown
      const waitS = Math.min(thrown.retryAfterS ?? 1, 10)
      await clock.sleep(waitS * 250 * 2 ** (tried - 1), signal)
    }
  }
}

async function sendHalves<In, Out>(
  batch: readonly In[],
  clock: Clock,
  send: (batch: readonly In[], signal: AbortSignal) => Promise<readonly Out[]>,
  signal: AbortSignal,
): Promise<readonly Out[]> {
  const half = Math.ceil(batch.length / 2)
  const first = await sendPatiently(batch.slice(0, half), clock, send, signal)
  return [...first, ...(await sendPatiently(batch.slice(half), clock, send, signal))]
}

const miscounted = (sent: number, came: number): ControlError =>
  new ControlError('UPSTREAM_FAILED', `The server answered ${came} of ${sent} texts.`, {
    hint: "The server's log says why.",
  })
