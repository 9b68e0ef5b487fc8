import { mergeLabels } from '../../plugins/parakeet/merge/merge-labels.ts'
import { createChance } from './random.ts'

const WORDS = 100_000
const MOST_MS = 150
const REPEATS = 15

/** Time of a merge as it grows; true if 100,000 words stay below 150 ms and it grows as n log n. */
export function measureSpeed(): boolean {
  console.log('speed: words   turns  best ms   ns / (n log n)')
  const costs = [WORDS / 8, WORDS / 4, WORDS / 2, WORDS].map((count) => {
    const talk = createTalk(count)
    const times = Array.from({ length: REPEATS }, () =>
      timeOf(() => mergeLabels(talk.words, talk.turns)),
    )
    const ms = Math.min(...times)
    const cost = (1e6 * ms) / (count * Math.log2(count))
    const cells = [count, talk.turns.length, ms.toFixed(1), cost.toFixed(1)]
    console.log(cells.map((cell) => String(cell).padStart(9)).join(''))
    return { ms, cost }
  })
  const [first, last] = [costs[0], costs.at(-1)]
  const growth = (last?.cost ?? 0) / (first?.cost ?? 1)
  console.log(`at most ${MOST_MS} ms; growth over n log n: ×${growth.toFixed(2)}, at most ×2\n`)
  return (last?.ms ?? Number.POSITIVE_INFINITY) < MOST_MS && growth < 2
}

/** By the clock or of the processor, whichever is less: neighbours on a machine can only add. */
function timeOf(work: () => unknown): number {
  const [fromMs, from] = [performance.now(), process.cpuUsage()]
  work()
  const { user, system } = process.cpuUsage(from)
  return Math.min(performance.now() - fromMs, (user + system) / 1000)
}

/** Eight people in turns of ten words or so, a tenth of them overlapping. */
function createTalk(count: number) {
  const { uniform } = createChance(count)
  let at = 0
  const words = Array.from({ length: count }, () => {
    const start = at + (uniform() < 0.2 ? uniform() : 0)
    at = start + 0.1 + 0.4 * uniform()
    return { word: uniform() < 0.1 ? 'so.' : 'so', start, end: at }
  })
  const turnS = at / (count / 10)
  const turns = Array.from({ length: count / 10 }, (_, index) => ({
    start: index * turnS,
    end: (index + 1) * turnS + (uniform() < 0.1 ? 1 : 0),
    speaker: `speaker_${Math.floor(8 * uniform())}`,
  }))
  return { words, turns }
}
