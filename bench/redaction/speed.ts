import { join } from 'node:path'
import { createDetector } from '../../plugins/redaction/detect/index.ts'
import { textLeaf } from '../../plugins/redaction/scrub/leaf.ts'
import { runJob } from '../../plugins/redaction/threads/run-job.ts'
import { median, quantile } from '../gateway/figures.ts'
import { cpuMs } from './cpu.ts'
import { measureGrowth } from './growth.ts'
import { atLeast, atMost, type Limit, only } from './limits.ts'
import { readSet } from './read-sets.ts'

const MEGABYTE = 1e6
const SMALL_BYTES = 4_096
const HOSTILE_UNITS = 100_000

/** How fast `strict` is, and how the time of each part grows with hostile input. */
export function speedLimits(data: string): Limit[] {
  const detector = createDetector({
    regions: ['US', 'GB', 'DE', 'FR'],
    deny: [],
    allow: [],
    patterns: [],
  })
  const timed = (text: string): number => cpuMs(() => detector.detect(text, { mode: 'strict' }))
  const text = textOf(data)
  const bytes = Buffer.byteLength(text)
  const large = Array.from({ length: 12 }, () => timed(text)).slice(3)
  const step = Math.floor(SMALL_BYTES / 3)
  const small = Array.from({ length: 600 }, (_, i) => {
    const from = (i * step) % (text.length - SMALL_BYTES)
    return timed(text.slice(from, from + SMALL_BYTES))
  }).slice(100)
  return [
    atLeast('strict: MB/s', bytes / 1_000 / median(large), 1),
    atMost('strict: p95 of 4 kB in ms', quantile(small, 0.95), 10),
    ...scrubFigures(text, (given) =>
      cpuMs(() =>
        runJob(
          {
            ...{ leaves: [textLeaf(given)], look: { mode: 'strict' }, binary: 'refuse' },
            session: { handle: 'h', owner: null, checkKey: Buffer.from('bench'), entries: [] },
          },
          detector,
        ),
      ),
    ),
    ...growthLimits(),
  ]
}

/** A whole scrub looks several times, masks what stands again, and checks what would go out. */
function scrubFigures(text: string, timed: (text: string) => number): Limit[] {
  const small = Array.from({ length: 200 }, (_, i) => {
    const from = (i * SMALL_BYTES) % (text.length - SMALL_BYTES)
    return timed(text.slice(from, from + SMALL_BYTES))
  }).slice(50)
  return [
    only('whole scrub: p95 of 4 kB in ms', quantile(small, 0.95)),
    only('whole scrub: s of a megabyte', timed(text.slice(0, MEGABYTE)) / 1_000),
  ]
}

/** The development set over and over, to a megabyte. */
function textOf(data: string): string {
  const once = readSet(join(data, 'pii'), 'presidio-synth-dev.json')
    .map(({ text }) => text)
    .join('\n\n')
  return once.repeat(Math.ceil(MEGABYTE / once.length))
}

function growthLimits(): Limit[] {
  const growths = measureGrowth(HOSTILE_UNITS)
  const [worst] = growths
  const slowest = Math.max(...growths.map(({ ms }) => ms))
  const where = worst ? ` (${worst.part} on ${JSON.stringify(worst.shape)})` : ''
  return [
    atMost(
      `growth of time when the input doubles, ${growths.length} pairs${where}`,
      worst?.ratio ?? 0,
      2.5,
    ),
    atMost('slowest hostile text of 100 kB in ms', slowest, 5_000),
  ]
}
