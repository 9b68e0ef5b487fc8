import { lexicon } from '../../../plugins/redaction/detect/lexicon/lexicon.ts'
import { sequenceOf } from '../../../plugins/redaction/detect/tagger/features.ts'
import { typeOf } from '../../../plugins/redaction/detect/tagger/labels.ts'
import { label } from '../../../plugins/redaction/detect/tagger/tagger.ts'
import { type PackedWeights, pack } from '../../../plugins/redaction/detect/tagger/weights.ts'
import { printTable } from '../../gateway/figures.ts'
import type { Example } from './conll.ts'
import { corpora, lessonOf, lessonsOf, ownPages, train, withCasings } from './lessons.ts'
import { makeChance } from './pick.ts'
import { makeSentences, TEMPLATE_FILES } from './synthesise.ts'

/**
 * BENCH_DATA=<folder with ner-train/> node bench/redaction/train/cross.ts [sentences] [rounds] — trains without one part
 * and tags it: each corpus, and each file of templates, in turn. Shares are of tokens inside entities.
 */
const folder = process.env.BENCH_DATA
if (!folder) throw new Error('Set BENCH_DATA to the folder that has ner-train/')
const sentences = Number(process.argv[2] ?? 10_000)
const rounds = Number(process.argv[3] ?? 3)

const FAMILIES = ['btc', 'wnut', 'sec']

/** Parts of one corpus are left out together. */
const real: Record<string, Example[]> = {}
for (const [file, examples] of Object.entries(corpora(folder))) {
  const family = FAMILIES.find((name) => file.startsWith(name)) ?? file
  real[family] = [...(real[family] ?? []), ...examples]
}
const rows: (string | number)[][] = []
for (const name of Object.keys(real)) {
  const rest = Object.entries(real).flatMap(([other, examples]) => (other === name ? [] : examples))
  rows.push(measure(name, rest, TEMPLATE_FILES, real[name] ?? []))
}
for (const file of TEMPLATE_FILES.filter((name) => name !== 'plain.txt')) {
  const make = makeSentences(makeChance(99), [file])
  const held = Array.from({ length: 1_500 }, make)
  const rest = TEMPLATE_FILES.filter((name) => name !== file)
  rows.push(measure(file, Object.values(real).flat(), rest, held))
}
printTable(['left out', 'tokens', 'found', 'right type', 'precision', 'found, small letters'], rows)

function measure(
  name: string,
  texts: readonly Example[],
  files: readonly string[],
  held: readonly Example[],
) {
  const chance = makeChance(7)
  const made = Array.from({ length: sentences }, makeSentences(chance, files))
  const lessons = lessonsOf(withCasings([...texts, ...made, ...ownPages()], chance), chance)
  const weights = pack(train(lessons, rounds, chance, () => {}))
  const small = held.map((one) => ({ ...one, text: one.text.toLowerCase() }))
  const { tokens, found, typed, precision } = score(weights, held)
  const inSmall = score(weights, small).found
  return [name, tokens, percent(found), percent(typed), percent(precision), percent(inSmall)]
}

function score(weights: PackedWeights, examples: readonly Example[]) {
  let [gold, hits, typed, guesses] = [0, 0, 0, 0]
  for (const example of examples) {
    const { tokens, labels } = lessonOf(example, lexicon())
    const guessed = label(sequenceOf(example.text, tokens, lexicon()), weights).labels
    for (const [i, wanted] of labels.entries()) {
      const guess = guessed[i] ?? 0
      if (guess !== 0) guesses++
      if (wanted !== 0) gold++
      if (wanted !== 0 && guess !== 0) hits++
      if (wanted !== 0 && typeOf(wanted) === typeOf(guess)) typed++
    }
  }
  return { tokens: gold, found: hits / gold, typed: typed / gold, precision: hits / guesses }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
