import { de } from './de.ts'

/** An English sentence a user may read; it is its own key. */
export type Sentence = keyof typeof de

export const DEFAULT_LANG = 'en_US'

/** The SDK wants sentences by number. */
export const sentences = Object.fromEntries(
  Object.keys(de).map((sentence, index) => [sentence, index]),
) as Record<Sentence, number>
