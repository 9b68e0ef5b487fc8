/**
 * Preloaded (`node --import`) into a controller under test: its clock runs
 * SPARK_CONTROL_TEST_CLOCK=<since ms>x<speed> times as fast, so that waits of minutes are seconds.
 * Counted from a common moment, so that a restarted controller does not fall back in time.
 */
import { systemClock } from '../clock.ts'

const [sinceMs = Date.now(), speed = 1] = (process.env.SPARK_CONTROL_TEST_CLOCK ?? '')
  .split('x')
  .filter(Boolean)
  .map(Number)
/** Longer waits are deadlines as well, and the machine itself is no faster. */
const LONGEST_PAUSE_MS = 2_500
const DEADLINE_SPEED = Math.min(speed, 2)
const { sleep } = systemClock

Object.assign(systemClock, {
  now: () => Math.round(sinceMs + (Date.now() - sinceMs) * speed),
  sleep: (ms: number, signal?: AbortSignal) =>
    sleep(ms / (ms > LONGEST_PAUSE_MS ? DEADLINE_SPEED : speed), signal),
})
