import { describe, expect, it } from 'vitest'
import { readCalls, SIGMAS_S, score } from './labels.ts'
import { OURS, RULES, type Rule } from './rules/rules.ts'

const folder = process.env.BENCH_DATA
if (!folder) console.info('BENCH_DATA is not set: speakers of recorded calls are not checked')

describe.skipIf(!folder)('speakers of recorded calls', () => {
  const calls = folder ? readCalls(folder) : []
  const of = (name: string, sigmaS: number) => score(RULES[name] as Rule, calls, sigmaS, 2)

  it.each(SIGMAS_S)(
    'with turns off by %d s at most %d percent of the words are wrong',
    (sigmaS, most) => {
      expect(of(OURS, sigmaS)).toBeLessThanOrEqual(most)
    },
  )

  it.each([0.5, 1])('with turns off by %d s fewer are than by other rules', (sigmaS) => {
    const ours = of(OURS, sigmaS)
    for (const name of ['nearest edge', 'NeMo, walk by starts', 'whisperX, default'])
      expect(ours).toBeLessThan(of(name, sigmaS))
  })
})
