import type { Clock } from '../plugin.ts'

/** A clock that stands still until it is advanced. */
export interface FakeClock extends Clock {
  /** Moves time on; every sleeper that comes due runs at its own moment, in order. */
  advance(ms: number): Promise<void>
  /** Lets code that needs no time run on, until nothing is left to do now. */
  settle(): Promise<void>
  /** Moves the time of day without waking anybody, as an operator who sets the clock does. */
  set(ms: number): void
  /** How many are asleep. */
  readonly sleepers: number
}

interface Sleeper {
  dueMs: number
  wake(): void
}

/** Builds a clock for tests, at noon of 1 January 2026 unless told otherwise. */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1, 12)): FakeClock {
  let nowMs = startMs
  const sleepers = new Set<Sleeper>()
  const nextDue = (untilMs: number): Sleeper | undefined =>
    [...sleepers]
      .filter((sleeper) => sleeper.dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs)
      .at(0)
  return {
    now: () => nowMs,
    get sleepers() {
      return sleepers.size
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const leave = () => {
          sleepers.delete(sleeper)
          reject(signal?.reason)
        }
        const sleeper: Sleeper = {
          dueMs: nowMs + Math.max(0, ms),
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', leave)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', leave, { once: true })
      }),
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (let due = nextDue(untilMs); due; due = nextDue(untilMs)) {
        nowMs = Math.max(nowMs, due.dueMs)
        due.wake()
        await settle()
      }
      nowMs = untilMs
    },
    settle,
    set(ms) {
      nowMs = ms
    },
  }
}

/** A few turns of the event loop: enough for chains of promises and immediates. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
