import { decode } from '../../plugins/redaction/detect/fold/decode.ts'
import { fold } from '../../plugins/redaction/detect/fold/fold.ts'
import { HOSTILE_SHAPES, hostile } from '../../plugins/redaction/detect/hostile-shapes.ts'
import { createDetector } from '../../plugins/redaction/detect/index.ts'
import { RULES } from '../../plugins/redaction/detect/rules/index.ts'
import { readingOf } from '../../plugins/redaction/detect/rules/reading.ts'
import { tag } from '../../plugins/redaction/detect/tagger/tagger.ts'
import { tokenise } from '../../plugins/redaction/detect/tagger/tokens.ts'
import { cpuMs } from './cpu.ts'

export interface Growth {
  part: string
  shape: string
  /** Time of the whole text over time of its half. */
  ratio: number
  /** Of the whole text. */
  ms: number
}

/** Below this a time is mostly the clock's and the collector's. */
const LEAST_MS = 4
/** A first ratio above this is measured again: a slow part stays slow, a busy machine does not. */
const DOUBTFUL = 2.2
const ROUNDS = 12

/** Every part of the detector on every hostile shape, at `size` and at half of it; the worst growth first. */
export function measureGrowth(size: number): Growth[] {
  const growths = HOSTILE_SHAPES.flatMap((shape) =>
    parts().map(({ name, prepare }) => {
      const whole = prepare(hostile(shape, size))
      const ms = fastest(whole, 2)
      if (ms < LEAST_MS) return { part: name, shape, ratio: 0, ms }
      const half = prepare(hostile(shape, size / 2))
      return { part: name, shape, ms, ratio: ratioOf(whole, half, ms) }
    }),
  )
  return growths.sort((a, b) => b.ratio - a.ratio)
}

/** The fastest of both, in turns, so that what slows the machine for a while slows both. */
function ratioOf(whole: () => unknown, half: () => unknown, firstMs: number): number {
  let [wholeMs, halfMs] = [firstMs, fastest(half, 2)]
  for (let round = 0; round < ROUNDS && wholeMs / halfMs > DOUBTFUL; round++) {
    wholeMs = Math.min(wholeMs, fastest(whole, 2))
    halfMs = Math.min(halfMs, fastest(half, 2))
  }
  return wholeMs / halfMs
}

interface Part {
  name: string
  prepare(text: string): () => unknown
}

function parts(): Part[] {
  const detector = createDetector({ regions: [], deny: ['some term'], allow: [], patterns: [] })
  return [
    { name: 'fold', prepare: (text) => () => fold(text) },
    { name: 'decode', prepare: (text) => () => decode(text) },
    { name: 'tokenise', prepare: (text) => () => tokenise(text) },
    { name: 'tag', prepare: (text) => tagging(text) },
    ...RULES.map((rule) => ({
      name: rule.name,
      prepare: (text: string) => {
        const { text: folded } = fold(text)
        const reading = readingOf(folded, tokenise(folded))
        return () => rule.find(reading, { regions: new Set<string>() })
      },
    })),
    { name: 'strict', prepare: (text) => () => detector.detect(text, { mode: 'strict' }) },
  ]
}

function tagging(text: string): () => unknown {
  const folded = fold(text).text
  const tokens = tokenise(folded)
  return () => tag(folded, tokens)
}

function fastest(work: () => unknown, times: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) best = Math.min(best, cpuMs(work))
  return best
}
