import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lexicon, lexicon, NAME } from '../../../plugins/redaction/detect/lexicon/lexicon.ts'
import { sequenceOf } from '../../../plugins/redaction/detect/tagger/features.ts'
import { beginOf } from '../../../plugins/redaction/detect/tagger/labels.ts'
import { type Tokens, tokenise } from '../../../plugins/redaction/detect/tagger/tokens.ts'
import type { Weights } from '../../../plugins/redaction/detect/tagger/weights.ts'
import { CONLL_FILES, type Example, readConll } from './conll.ts'
import { type Lesson, learn, quantise } from './learn.ts'
import type { Chance } from './pick.ts'

const RATE = 0.15
/** Larger weights are clipped to it. */
const LARGEST = 4

/** The files under `<folder>/ner-train`, each as texts with their entities. */
export const corpora = (folder: string): Record<string, Example[]> =>
  Object.fromEntries(CONLL_FILES.map((file) => [file, readConll(join(folder, 'ner-train'), file)]))

export function train(
  lessons: readonly Lesson[],
  rounds: number,
  chance: Chance,
  say: (line: string) => void,
): Weights {
  return quantise(learn(lessons, { rounds, rate: RATE, chance, say }), LARGEST)
}

export function lessonsOf(examples: readonly Example[], chance: Chance): Lesson[] {
  const lexicons = { all: lexicon(), someNames: forgetful(lexicon(), chance) }
  return examples.map((example) =>
    lessonOf(example, chance.is(0.5) ? lexicons.someNames : lexicons.all),
  )
}

/** Knows only some of the names, so that the tagger learns to do without. */
function forgetful(of: Lexicon, chance: Chance): Lexicon {
  const salt = Math.floor(chance.next() * 1e9)
  return {
    flags: (hash) => {
      const flags = of.flags(hash)
      return (Math.imul(hash ^ salt, 0x9e3779b1) >>> 0) % 10 < 7 ? flags & ~NAME : flags
    },
  }
}

export function lessonOf({ text, spans }: Example, words: Lexicon): Lesson & { tokens: Tokens } {
  const tokens = tokenise(text)
  const labels = new Uint8Array(tokens.count)
  let next = 0
  for (let i = 0; i < tokens.count; i++) {
    const start = tokens.starts[i] ?? 0
    while ((spans[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++
    const span = spans[next]
    if (!span || (tokens.ends[i] ?? 0) <= span.start) continue
    const isFirst = i === 0 || (tokens.starts[i - 1] ?? 0) < span.start
    labels[i] = beginOf(span.type) + (isFirst ? 0 : 1)
  }
  return { tokens, sequence: sequenceOf(text, tokens, words), labels }
}

/** As it stands, and often in small letters or in capitals. */
export function withCasings(examples: readonly Example[], chance: Chance): Example[] {
  return examples.flatMap((example) => {
    const way = chance.next()
    const recased =
      way < 0.4 ? example.text.toLowerCase() : way < 0.44 ? example.text.toUpperCase() : null
    return recased !== null && recased.length === example.text.length
      ? [example, { ...example, text: recased }]
      : [example]
  })
}

/** Plain sentences about machines: the project's own pages, without those that name Alice and Bob. */
export function ownPages(): Example[] {
  const root = new URL('../../../', import.meta.url)
  return [
    'README.md',
    'docs/architecture.md',
    'docs/write-a-plugin.md',
    'docs/errors.md',
    'docs/api.md',
  ]
    .flatMap((file) => readFileSync(new URL(file, root), 'utf8').split('\n'))
    .filter((line) => line.length > 20 && !/Alice|Bob|NVIDIA|Debian/.test(line))
    .map((text) => ({ text, spans: [] }))
}
