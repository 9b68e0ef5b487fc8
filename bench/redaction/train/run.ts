import { writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import { corpora, lessonsOf, ownPages, train, withCasings } from './lessons.ts'
import { makeChance } from './pick.ts'
import { makeSentences, TEMPLATE_FILES } from './synthesise.ts'

/**
 * BENCH_DATA=<folder with ner-train/> node bench/redaction/train/run.ts [sentences] [rounds] — trains the tagger and
 * writes plugins/redaction/detect/tagger/weights.br. The same data, pages and seed give the same file.
 */
const TO = new URL('../../../plugins/redaction/detect/tagger/weights.br', import.meta.url)
const SEED = 7

const folder = process.env.BENCH_DATA
if (!folder) throw new Error('Set BENCH_DATA to the folder that has ner-train/')
const chance = makeChance(SEED)
const made = Array.from(
  { length: Number(process.argv[2] ?? 18_000) },
  makeSentences(chance, TEMPLATE_FILES),
)
const examples = [...Object.values(corpora(folder)).flat(), ...made, ...ownPages()]
const lessons = lessonsOf(withCasings(examples, chance), chance)
console.log(`${lessons.length} texts`)
const { rows, unit } = train(lessons, Number(process.argv[3] ?? 4), chance, console.log)
const head = Buffer.alloc(4)
head.writeFloatLE(unit)
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 }
const packed = brotliCompressSync(Buffer.concat([head, Buffer.from(rows.buffer)]), { params })
writeFileSync(TO, packed)
console.log(`${packed.length} bytes`)
