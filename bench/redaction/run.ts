import { detectionLimits } from './detection.ts'
import { type Limit, printLimits } from './limits.ts'
import { secretLimits } from './secrets/limits.ts'
import { speedLimits } from './speed.ts'

/**
 * BENCH_DATA=<folder with pii/> node bench/redaction/run.ts — what is found, how fast, and how time grows with hostile
 * input, in one table. Ends with status 1 when a limit is missed.
 */
const data = process.env.BENCH_DATA
if (!data) {
  console.error('Set BENCH_DATA to the folder that has pii/presidio-synth-dev.json.')
  process.exit(2)
}
const limits: Limit[] = [...detectionLimits(data), ...secretLimits(), ...speedLimits(data)]
printLimits(limits)
process.exit(limits.every(({ isMet }) => isMet) ? 0 : 1)
