import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import {
  KNOWN,
  type Lexicon,
  lexicon,
  NAME,
} from '../../../plugins/redaction/detect/lexicon/lexicon.ts'
import { sequenceOf } from '../../../plugins/redaction/detect/tagger/features.ts'
import { beginOf } from '../../../plugins/redaction/detect/tagger/labels.ts'
import { tokenise } from '../../../plugins/redaction/detect/tagger/tokens.ts'
import { CONLL_FILES, type Example, readConll } from './conll.ts'
import { type Lesson, learn, quantise } from './learn.ts'
import { type Chance, makeChance } from './pick.ts'
import { makeSentences } from './synthesise.ts'

/**
 * BENCH_DATA=<folder with ner-train/> node bench/redaction/train/run.ts [sentences] [rounds] — trains the tagger and
 * writes plugins/redaction/detect/tagger/weights.br. The same seed gives the same file.
 */
const TO = new URL('../../../plugins/redaction/detect/tagger/weights.br', import.meta.url)
const LARGEST = 4

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

function lessonOf({ text, spans }: Example, words: Lexicon): Lesson {
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
  return { sequence: sequenceOf(tokens, words), labels }
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

export function examplesFor(folder: string, sentences: number, chance: Chance): Example[] {
  const real = CONLL_FILES.flatMap((file) => readConll(join(folder, 'ner-train'), file))
  const make = makeSentences(chance)
  const made = Array.from({ length: sentences }, make)
  return withCasings([...real, ...made, ...ownPages()], chance)
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.env.BENCH_DATA
  if (!folder) throw new Error('Set BENCH_DATA to the folder that has ner-train/')
  const chance = makeChance(7)
  const examples = examplesFor(folder, Number(process.argv[2] ?? 20_000), chance)
  const lessons = lessonsOf(examples, chance)
  console.log(`${lessons.length} texts`)
  const trained = learn(lessons, {
    rounds: Number(process.argv[3] ?? 6),
    rate: 0.15,
    chance,
    say: console.log,
  })
  const { rows, unit } = quantise(trained, LARGEST)
  const head = Buffer.alloc(4)
  head.writeFloatLE(unit)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 }
  const packed = brotliCompressSync(Buffer.concat([head, Buffer.from(rows.buffer)]), { params })
  writeFileSync(TO, packed)
  console.log(`${packed.length} bytes`)
}
