import { ControlError } from '#core'
import type { Word } from '../words.ts'
import { MOST_WORDS } from './api.ts'

/** Throws VALIDATION with the first word that is none, or for too many of them; never slower than one look. */
export function checkWords(words: unknown, path: string): asserts words is Word[] {
  if (!Array.isArray(words)) throw invalid(path, 'is no list')
  if (words.length > MOST_WORDS) {
    throw invalid(path, `has ${words.length} words, more than ${MOST_WORDS}`)
  }
  words.forEach((given: unknown, index) => {
    const at = `${path}.${index}`
    if (typeof given !== 'object' || given === null) throw invalid(at, 'is no word')
    const { word, start, end, confidence } = given as Partial<Record<keyof Word, unknown>>
    if (typeof word !== 'string' || word.length > 1000) {
      throw invalid(`${at}.word`, 'is no text of up to 1000 characters')
    }
    if (!isTime(start)) throw invalid(`${at}.start`, NO_TIME)
    if (!isTime(end)) throw invalid(`${at}.end`, NO_TIME)
    if (end < start) throw invalid(`${at}.end`, `is ${end}, before its start ${start}`)
    const isShare = isTime(confidence) && confidence <= 1
    if (confidence !== undefined && !isShare)
      throw invalid(`${at}.confidence`, 'is not from 0 to 1')
  })
}

const NO_TIME = 'is no time in seconds, from 0 on'

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value)

/** VALIDATION of one part of a body. */
export const invalid = (path: string, message: string): ControlError =>
  new ControlError('VALIDATION', `${path} ${message}.`, { details: [{ path, message }] })
