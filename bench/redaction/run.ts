import { detectionLimits } from './detection.ts'
import { type Limit, printLimits } from './limits.ts'
import { placeholderLimits } from './placeholders.ts'
import { roundTripLimits } from './round-trip.ts'
import { secretLimits } from './secrets/limits.ts'
import { speedLimits } from './speed.ts'
import { vaultFigures } from './vault.ts'

/**
 * BENCH_DATA=<folder with pii/> node bench/redaction/run.ts — what is found, how fast, how time grows with hostile input,
 * what comes back of it and what the vault takes, in one table. Ends with status 1 when a limit is missed.
 */
const data = process.env.BENCH_DATA
if (!data) {
  console.error('Set BENCH_DATA to the folder that has pii/presidio-synth-dev.json.')
  process.exit(2)
}
const limits: Limit[] = [
  ...detectionLimits(data),
  ...secretLimits(),
  ...speedLimits(data),
  ...placeholderLimits(),
  ...roundTripLimits(),
  ...vaultFigures(),
]
printLimits(limits)
process.exit(limits.every(({ isMet }) => isMet) ? 0 : 1)
