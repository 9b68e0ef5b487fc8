import type { Candidate } from '../finding.ts'
import { hashWord } from '../tagger/tokens.ts'
import type { Rule, RuleContext } from './rule.ts'

/** A pattern that is tried only where one of some words begins. */
export interface Triggered {
  words: readonly string[]
  at(text: string, start: number, context: RuleContext): Candidate | null
}

/** Looks every token up once, so that a text without the words costs next to nothing. */
export function triggered(name: string, patterns: readonly Triggered[]): Rule {
  const byWord = new Map<number, Triggered[]>()
  for (const pattern of patterns) {
    for (const word of pattern.words) {
      const hash = hashWord(word)
      byWord.set(hash, [...(byWord.get(hash) ?? []), pattern])
    }
  }
  return {
    name,
    find({ text, tokens }, context) {
      const candidates: Candidate[] = []
      for (let i = 0; i < tokens.count; i++) {
        for (const pattern of byWord.get(tokens.hashes[i] as number) ?? []) {
          const candidate = pattern.at(text, tokens.starts[i] as number, context)
          if (candidate) candidates.push(candidate)
        }
      }
      return candidates
    },
  }
}
