import { readPassages } from './passages.ts'
import type { Question } from './questions.ts'

/** Texts to search, and questions with the ids of the texts that answer them. */
export interface RetrievalSet {
  name: string
  documents: readonly { id: string; text: string }[]
  questions: readonly { ask: string; right: ReadonlySet<string> }[]
}

/** The docs of the project in `root`: a passage is right where it has the words of the question. */
export function docsSet(root: string, questions: readonly Question[]): RetrievalSet {
  const documents = readPassages(root)
  return {
    ...{ name: 'the docs of this project', documents },
    questions: questions.map(({ ask, found }) => ({
      ask,
      right: new Set(documents.flatMap(({ id, text }) => (text.includes(found) ? id : []))),
    })),
  }
}
