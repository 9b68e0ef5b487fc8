import { badField } from '../errors.ts'
import type { Word } from '../words.ts'
import { MOST_WORDS } from './api.ts'

/** Throws VALIDATION with the first word that is none, or for too many of them; never slower than one look. */
export function checkWords(words: unknown, path: string): asserts words is Word[] {
  if (!Array.isArray(words)) throw badField(path, 'is no list')
  if (words.length > MOST_WORDS) {
    throw badField(path, `has ${words.length} words, more than ${MOST_WORDS}`)
  }
  words.forEach((given: unknown, index) => {
    const at = `${path}.${index}`
    if (typeof given !== 'object' || given === null) throw badField(at, 'is no word')
    const { word, start, end, confidence } = given as Partial<Record<keyof Word, unknown>>
    if (typeof word !== 'string' || word.length > 1000) {
      throw badField(`${at}.word`, 'is no text of up to 1000 characters')
    }
    if (!isTime(start)) throw badField(`${at}.start`, NO_TIME)
    if (!isTime(end)) throw badField(`${at}.end`, NO_TIME)
    if (end < start) throw badField(`${at}.end`, `is ${end}, before its start ${start}`)
    const isShare = isTime(confidence) && confidence <= 1
    if (confidence !== undefined && !isShare)
      throw badField(`${at}.confidence`, 'is not from 0 to 1')
  })
}

const NO_TIME = 'is no time in seconds, from 0 on'

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value)
