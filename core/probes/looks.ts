import { limit, OVER, orAborted } from '../hosts/limit.ts'
import type { Clock, Health } from '../plugin.ts'
import { type Outcome, outcomeOf } from './next-state.ts'

export interface LooksOptions {
  probe(signal: AbortSignal): Promise<Health>
  intervalMs: number
  deadlineMs: number
  clock: Clock
  /** What came of a look, and how long it took. */
  onOutcome(outcome: Outcome, tookMs: number): void
}

/** The looks at one service, one after the other. */
export interface Looks {
  start(): void
  soon(): void
  stop(): void
}

/**
 * Looks, pauses, looks again. A look that hangs counts as late at its deadline, and no other begins
 * beside it: until it ends, each round only says that it still hangs.
 */
export function createLooks(options: LooksOptions): Looks {
  const { clock, intervalMs, onOutcome } = options
  const over = new AbortController()
  const lookOnce = createLook(options, over.signal)
  let wake = () => {}
  let isWanted = false

  const pause = async (): Promise<void> => {
    const woken = new AbortController()
    wake = () => woken.abort(OVER)
    if (isWanted) wake()
    await clock.sleep(intervalMs, woken.signal).catch(() => {
      // Woken for a look, or over; the loop asks which.
    })
  }

  const run = async (): Promise<void> => {
    while (!over.signal.aborted) {
      isWanted = false
      const startedMs = clock.now()
      const outcome = await lookOnce()
      if (over.signal.aborted) return
      onOutcome(outcome, clock.now() - startedMs)
      await pause()
    }
  }

  return {
    start: () => void run(),
    soon() {
      isWanted = true
      wake()
    },
    stop() {
      over.abort(OVER)
      wake()
    },
  }
}

function createLook({ probe, deadlineMs, clock }: LooksOptions, over: AbortSignal) {
  let isHanging = false
  return async (): Promise<Outcome> => {
    const tooLate = { type: 'late', reason: `no answer within ${deadlineMs / 1000} s` } as const
    if (isHanging) return { ...tooLate, reason: 'the last look at it still hangs' }
    const work = limit({
      ...{ signal: over, timeoutMs: deadlineMs, clock },
      onDeadline: () => new Error(tooLate.reason),
    })
    isHanging = true
    const look = (async () => probe(work.signal))()
      .then(answered, outcomeOf)
      .finally(() => {
        isHanging = false
      })
    try {
      return await orAborted(look, work.signal)
    } catch {
      return tooLate // or over, and then nobody asks
    } finally {
      work.end()
    }
  }
}

/** Plugins may be plain JavaScript, so their answer is looked at. */
function answered(health: Health | undefined): Outcome {
  if (health && STATES.has(health.state)) return { type: 'answered', health }
  return { type: 'blind', reason: `the probe answered ${JSON.stringify(health) ?? 'nothing'}` }
}

const STATES: ReadonlySet<string> = new Set<Health['state']>([
  'up',
  'busy',
  'starting',
  'idle',
  'down',
])
