import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Turn } from '../../plugins/parakeet/turns.ts'
import type { Word } from '../../plugins/parakeet/words.ts'
import { createChance } from './random.ts'
import { OURS, RULES, type Rule } from './rules/rules.ts'
import { align, plain } from './score/align.ts'
import { cpWer, type Said } from './score/cpwer.ts'
import { wder } from './score/wder.ts'

/** A call with what was said. */
export interface Call {
  words: Word[]
  turns: Turn[]
  reference: Said[]
  /** Speaker of the reference word each word is aligned with. */
  truth: (string | null)[]
}

/** How far edges are moved, with the most our rule may have of WDER in percent. */
export const SIGMAS_S = [
  [0, 0.41],
  [0.5, 0.58],
  [1, 0.92],
] as const

const SEEDS = 5

/** Compares the rules on the calls of a folder; true if ours keeps its limits. */
export function compareLabels(folder: string): boolean {
  const calls = readCalls(folder)
  const words = calls.reduce(
    (sum, { truth }) => sum + truth.filter((each) => each !== null).length,
    0,
  )
  console.log(`labels: ${calls.length} calls, ${words} aligned words, WDER in percent\n`)
  console.log(`${''.padEnd(22)}${SIGMAS_S.map(([sigma]) => `σ ${sigma} s`.padStart(9)).join('')}`)
  let isFine = true
  for (const [name, rule] of Object.entries(RULES)) {
    const cells = SIGMAS_S.map(([sigma, limit]) => {
      const percent = score(rule, calls, sigma)
      if (name === OURS && percent > limit) isFine = false
      return percent.toFixed(2).padStart(9)
    })
    console.log(name.padEnd(22) + cells.join(''))
  }
  const limits = SIGMAS_S.map(([, limit]) => limit.toFixed(2).padStart(9)).join('')
  console.log(`${'ours at most'.padEnd(22)}${limits}\n`)
  console.log(`cpWER of ${OURS}, turns as they are: ${scoreCp(RULES[OURS] as Rule, calls)}\n`)
  return isFine
}

/** WDER in percent over all calls and so many jitters. */
export function score(rule: Rule, calls: readonly Call[], sigmaS: number, seeds = SEEDS): number {
  let [wrong, aligned] = [0, 0]
  for (const [index, { words, turns, truth }] of calls.entries()) {
    for (let seed = 0; seed < (sigmaS === 0 ? 1 : seeds); seed++) {
      const found = wder(rule(words, jitter(turns, sigmaS, 1000 * index + seed)), truth)
      wrong += found.wrong
      aligned += found.aligned
    }
  }
  return (100 * wrong) / aligned
}

/** Both edges of every turn moved by a Gaussian; those that end before they start are lost. */
function jitter(turns: readonly Turn[], sigmaS: number, seed: number): readonly Turn[] {
  if (sigmaS === 0) return turns
  const { gauss } = createChance(seed)
  return turns
    .map(({ start, end, speaker }) => ({
      start: Math.max(0, start + sigmaS * gauss()),
      end: Math.max(0, end + sigmaS * gauss()),
      speaker,
    }))
    .filter(({ start, end }) => end > start)
}

function scoreCp(rule: Rule, calls: readonly Call[]): string {
  let [errors, alone, count] = [0, 0, 0]
  for (const { words, turns, reference } of calls) {
    const speakers = rule(words, turns)
    const said = words.map(({ word }, index) => ({
      word: plain(word),
      speaker: speakers[index] ?? '',
    }))
    const true_ = reference.map(({ word, speaker }) => ({ word: plain(word), speaker }))
    errors += cpWer(said, true_).errors
    const together = (list: readonly Said[]) => list.map((each) => ({ ...each, speaker: 'all' }))
    alone += cpWer(together(said), together(true_)).errors
    count += reference.length
  }
  const percent = (part: number) => `${((100 * part) / count).toFixed(2)} %`
  return `${percent(errors)}, of which the recogniser alone has ${percent(alone)}`
}

/** Calls of a folder, or of `label-merge` in it. Throws when there are none. */
export function readCalls(folder: string): Call[] {
  const inner = join(folder, 'label-merge')
  if (existsSync(inner)) return readCalls(inner)
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
  if (files.length === 0) throw new Error(`there are no calls in ${folder}`)
  return files.map((name) => {
    const { words, turns, reference } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Call
    words.sort((a, b) => a.start - b.start)
    const plainOf = (list: readonly { word: string }[]) => list.map(({ word }) => plain(word))
    const aligned = align(plainOf(words), plainOf(reference))
    const truth = Array.from(aligned, (index) => reference[index]?.speaker ?? null)
    return { words, turns, reference, truth }
  })
}
