import type { Turn } from '../../plugins/parakeet/turns.ts'
import { type Chance, createChance } from './random.ts'

const SPEAKERS = ['Alice', 'Bob', 'Cora', 'Dan']
const LENGTH_S = 1800

/**
 * Half an hour of four people, with the habits of recorded meetings (AMI): 14 % of the time with speech
 * has several speakers, turns take some four seconds, and in two minutes of twelve somebody says
 * nothing. Some talk more than others throughout; whom a topic concerns changes every few minutes.
 */
export function createMeeting(seed: number): Turn[] {
  const chance = createChance(seed + 100)
  const { uniform, gauss } = chance
  const habits = SPEAKERS.map(() => 0.2 + uniform())
  const turns: Turn[] = []
  let weights: number[] = []
  let topicEndS = 0
  let at = 0
  while (at < LENGTH_S) {
    if (at >= topicEndS) {
      weights = habits.map((habit) => habit * (0.01 + uniform() ** 3))
      topicEndS = at + 120 + 240 * uniform()
    }
    const end = at + 0.5 - 4.2 * Math.log(1 - uniform())
    const speaker = draw(weights, chance)
    turns.push({ start: at, end, speaker })
    if (uniform() < 0.45) {
      // a word of assent, or somebody who tries to get a word in
      const start = at + uniform() * (end - at)
      const others = weights.map((weight, index) => (SPEAKERS[index] === speaker ? 0 : weight))
      turns.push({ start, end: start + 0.3 + 2.2 * uniform(), speaker: draw(others, chance) })
    }
    at = Math.max(at + 0.2, end + 0.6 + 1.3 * gauss())
  }
  return turns.sort((a, b) => a.start - b.start)
}

function draw(weights: readonly number[], { uniform }: Chance): string {
  let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0)
  const index = weights.findIndex((weight) => {
    left -= weight
    return left <= 0
  })
  return SPEAKERS[index] ?? (SPEAKERS[0] as string)
}
