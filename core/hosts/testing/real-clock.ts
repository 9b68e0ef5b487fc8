import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../plugin.ts'

/** The machine's own clock, for tests and benches that talk to real parts. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
}
