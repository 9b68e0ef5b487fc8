import type { Tokens } from '../tagger/tokens.ts'
import { anchorsOf } from './anchors.ts'

/** A text with the places where rules begin to look, found once for all of them. */
export interface Reading {
  text: string
  tokens: Tokens
  /** Where words with a digit begin, and short words before them. */
  anchors: readonly number[]
}

export const readingOf = (text: string, tokens: Tokens): Reading => ({
  text,
  tokens,
  anchors: anchorsOf(text),
})
