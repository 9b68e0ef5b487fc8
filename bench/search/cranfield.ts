import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RetrievalSet } from './retrieval-set.ts'

const FILES = ['cran.all.1400', 'cran.qry', 'cranqrel'] as const

/**
 * Cleverdon's Cranfield collection (1967): 1,400 abstracts of aerodynamics, 225 questions, judged by
 * hand; three files as the University of Glasgow gives them away. A question is meant by its place in
 * the file, not by its number there; code 5, and -1 in some copies, says of no interest.
 * Throws, with what is missing, unless all three are in `folder`.
 */
export function readCranfield(folder: string): RetrievalSet {
  const missing = FILES.filter((file) => !existsSync(join(folder, file)))
  if (missing.length > 0) throw new Error(`${folder} has no ${missing.join(', no ')}`)
  const [abstracts, asked, judged] = FILES.map((file) => readFileSync(join(folder, file), 'utf8'))
  return parseCranfield(abstracts ?? '', asked ?? '', judged ?? '')
}

/** The set in the texts of the three files. */
export function parseCranfield(abstracts: string, asked: string, judged: string): RetrievalSet {
  const right = new Map<number, Set<string>>()
  for (const line of judged.split('\n')) {
    const [question, document, code] = line.trim().split(/\s+/).map(Number)
    if (!question || !document || !code || code < 1 || code > 4) continue
    right.set(question, (right.get(question) ?? new Set()).add(`${document}`))
  }
  return {
    name: 'Cranfield',
    // the text of an abstract begins with its title
    documents: records(abstracts).flatMap(({ I, W }) => (I && W ? { id: I, text: W } : [])),
    questions: records(asked).flatMap(({ W }, n) => {
      const answers = right.get(n + 1)
      return W && answers ? { ask: W, right: answers } : []
    }),
  }
}

/** Fields by their letter; each record begins with `.I`, its number on the same line. */
function records(text: string): Record<string, string>[] {
  return text
    .split(/^\.I /m)
    .slice(1)
    .map((record) => {
      const [id = '', ...fields] = record.split(/^\.([A-Z])\s*$/m)
      const entries = fields.flatMap((letter, n) =>
        n % 2 === 0 ? [[letter, (fields[n + 1] ?? '').replace(/\s+/g, ' ').trim()] as const] : [],
      )
      return { ...Object.fromEntries(entries), I: `${Number(id)}` }
    })
}
