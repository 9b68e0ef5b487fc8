/**
 * Whether hybrid search is better than meaning or words alone, on the project's own docs. The vectors
 * are the Universal Sentence Encoder's (npm), the sparse side BM25 weights of words.
 */
import { fileURLToPath } from 'node:url'
import { sentenceEncoder } from '../../core/testing/real/sentence-encoder.ts'
import { ndcgAt10 } from './ndcg.ts'
import { readPassages } from './passages.ts'
import { QUESTIONS } from './questions.ts'
import { type Rig, startRig } from './rig.ts'

/** The ways to search that are compared. */
const WAYS = [
  { name: 'dense', mode: 'dense' },
  { name: 'sparse', mode: 'sparse' },
  { name: 'hybrid, rrf', mode: 'hybrid', fusion: 'rrf' },
  { name: 'hybrid, dbsf', mode: 'hybrid', fusion: 'dbsf' },
  { name: 'hybrid, words ×2', mode: 'hybrid', fusion: 'rrf', weights: { dense: 1, sparse: 2 } },
  { name: 'hybrid, words ×3', mode: 'hybrid', fusion: 'rrf', weights: { dense: 1, sparse: 3 } },
  { name: 'hybrid, words ×5', mode: 'hybrid', fusion: 'rrf', weights: { dense: 1, sparse: 5 } },
] as const

/** Longest chunk: the usual one, and about a sentence, which is what the encoder was trained on. */
const CHUNKS = [1_200, 200]

const root = fileURLToPath(new URL('../..', import.meta.url))
const passages = readPassages(root)
console.log(`${passages.length} passages of the docs, ${QUESTIONS.length} questions`)
const rig = await startRig(await sentenceEncoder())
try {
  const all = new Map<string, number[]>()
  for (const max_chars of CHUNKS) {
    await load(rig, max_chars)
    for (const [way, scores] of await measure(rig, max_chars)) all.set(way, scores)
  }
  process.exitCode = report(all) ? 0 : 1
} finally {
  await rig.close()
}

async function load({ call, ended }: Rig, max_chars: number): Promise<void> {
  const path = `/api/collections/docs-${max_chars}`
  // the sparse side are plain weights of words, so rare ones are weighed more by Qdrant
  await call('PUT', path, { idf: true })
  const documents = passages.map(({ id, text }) => ({ id, text }))
  const { job } = await call<{ job: { id: string } }>('POST', `${path}/documents`, {
    ...{ documents, chunk: { max_chars, overlap_chars: 0 } },
  })
  await ended(job)
  const { points } = await call<{ points: number }>('GET', path)
  console.log(`${points} chunks of at most ${max_chars} characters`)
}

/** nDCG@10 of each question by each way. */
async function measure({ call }: Rig, max_chars: number): Promise<Map<string, number[]>> {
  const scores = new Map<string, number[]>()
  for (const { name, ...way } of WAYS) {
    const each: number[] = []
    for (const { ask, found } of QUESTIONS) {
      const right = new Set(passages.filter(({ text }) => text.includes(found)).map(({ id }) => id))
      const { results } = await call<{ results: { document: string }[] }>('POST', '/api/search', {
        ...{ collection: `docs-${max_chars}`, query: ask, limit: 10, ...way },
      })
      each.push(ndcgAt10([...new Set(results.map(({ document }) => document))], right))
    }
    scores.set(`${name}, ${max_chars}`, each)
  }
  return scores
}

/**
 * Prints the figures. What to use is chosen on every second question, and judged by the others: whether
 * the hybrid that was best there is better here than whatever side alone was best there.
 */
function report(scores: Map<string, number[]>): boolean {
  const half = (each: readonly number[], odd: number) => each.filter((_, n) => n % 2 === odd)
  const asked = QUESTIONS.findIndex(({ ask }) => ask === 'JOB_INTERRUPTED')
  console.log('\nnDCG@10                to choose   to judge   all     as people ask   by name')
  for (const [name, each] of scores) {
    const parts = [half(each, 0), half(each, 1), each, each.slice(0, asked), each.slice(asked)]
    const [choose, judge, all, asking, naming] = parts.map((part) => mean(part).toFixed(3))
    console.log(
      `${name.padEnd(22)} ${choose}       ${judge}      ${all}   ${asking}           ${naming}`,
    )
  }
  const bestOf = (kind: RegExp) =>
    [...scores]
      .filter(([name]) => kind.test(name))
      .reduce((a, b) => (mean(half(b[1], 0)) > mean(half(a[1], 0)) ? b : a))
  const [hybrid, dense, sparse] = [bestOf(/^hybrid/), bestOf(/^dense/), bestOf(/^sparse/)]
  const judged = [hybrid, dense, sparse].map(([name, each]) => ({
    name,
    score: mean(half(each, 1)),
  }))
  console.log('\nchosen, and judged on the other half:')
  for (const { name, score } of judged) console.log(`${name.padEnd(22)} ${score.toFixed(3)}`)
  const [first, ...others] = judged.map(({ score }) => score)
  return others.every((score) => score < (first ?? 0))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
