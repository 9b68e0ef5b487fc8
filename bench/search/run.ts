/**
 * Whether hybrid search is better than meaning or words alone, on the project's own docs, and on the
 * Cranfield collection where its folder is given. The vectors are the Universal Sentence Encoder's
 * (npm), the sparse side BM25 weights of words.
 */
import { fileURLToPath } from 'node:url'
import { sentenceEncoder } from '../../core/testing/real/sentence-encoder.ts'
import { readCranfield } from './cranfield.ts'
import { DRAWN_QUESTIONS } from './drawn-questions.ts'
import { half, judge, mean } from './judge.ts'
import { ndcgAt10 } from './ndcg.ts'
import { QUESTIONS } from './questions.ts'
import { docsSet, type RetrievalSet } from './retrieval-set.ts'
import { type Rig, startRig } from './rig.ts'

/** The ways to search that are compared. */
const ALONE = { dense: { mode: 'dense' }, sparse: { mode: 'sparse' } }
const HYBRIDS = {
  'hybrid, rrf': { fusion: 'rrf' },
  'hybrid, rrf, meaning × 0.7': { fusion: 'rrf', weights: { dense: 0.7, sparse: 1 } },
  'hybrid, rrf, meaning × 0.5': { fusion: 'rrf', weights: { dense: 0.5, sparse: 1 } },
  'hybrid, rrf, meaning × 0.3': { fusion: 'rrf', weights: { dense: 0.3, sparse: 1 } },
  'hybrid, dbsf': { fusion: 'dbsf' },
}
/** About a sentence, which is what the encoder was trained on. */
const CHUNK = { max_chars: 200, overlap_chars: 0 }
/** Chunks asked for, so that ten texts are among them where a text has several. */
const LIMIT = 40
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const [folder] = process.argv.slice(2)
const sets = [docsSet(ROOT, [...DRAWN_QUESTIONS, ...QUESTIONS])]
if (folder !== undefined) sets.push(readCranfield(folder))
else console.log('without Cranfield: give the folder with its three files to have it, too\n')
const rig = await startRig(await sentenceEncoder())
try {
  const isBetter: boolean[] = []
  for (const [n, set] of sets.entries()) isBetter.push(await compare(rig, set, `set-${n}`))
  process.exitCode = isBetter.every(Boolean) ? 0 : 1
} finally {
  await rig.close()
}

/** Loads a set, searches it in every way and prints the figures; true where hybrid is better. */
async function compare(rig: Rig, set: RetrievalSet, name: string): Promise<boolean> {
  const startedAt = performance.now()
  const { points } = await load(rig, set, name)
  const { documents, questions } = set
  console.log(
    `${set.name}: ${documents.length} texts in ${points} chunks, ${questions.length} questions\n`,
  )
  const isBetter = report(await measure(rig, set, name))
  console.log(`in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
  return isBetter
}

async function load({ call, ended }: Rig, { documents }: RetrievalSet, name: string) {
  const path = `/api/collections/${name}`
  // the sparse side are plain weights of words, so rare ones are weighed more by Qdrant
  await call('PUT', path, { idf: true })
  const { job } = await call<{ job: { id: string } }>('POST', `${path}/documents`, {
    ...{ documents, chunk: CHUNK },
  })
  await ended(job)
  return call<{ points: number }>('GET', path)
}

/** nDCG@10 of each question by each way. */
async function measure({ call }: Rig, { questions }: RetrievalSet, collection: string) {
  const scores = new Map<string, number[]>()
  for (const [name, way] of Object.entries({ ...ALONE, ...HYBRIDS })) {
    const each: number[] = []
    for (const { ask, right } of questions) {
      const { results } = await call<{ results: { document: string }[] }>('POST', '/api/search', {
        ...{ collection, query: ask, limit: LIMIT, ...way },
      })
      each.push(ndcgAt10([...new Set(results.map(({ document }) => document))], right))
    }
    scores.set(name, each)
  }
  return scores
}

/** Prints the figures; true where hybrid is better than either side alone. */
function report(scores: Map<string, number[]>): boolean {
  console.log('nDCG@10                     half to choose by  half to judge by  all')
  for (const [name, each] of scores) {
    const [choosing, judging] = [half(each, 'choose'), half(each, 'judge')]
    const [a, b, c] = [choosing, judging, each].map((part) => mean(part).toFixed(3))
    console.log(`${name.padEnd(27)} ${a}              ${b}             ${c}`)
  }
  const { chosen, judged, isBetter, sure } = judge(scores, Object.keys(ALONE))
  console.log('\nchosen on the one half, judged by the other:')
  for (const [name, score] of Object.entries(judged)) {
    const share = sure[name]
    const said = share === undefined ? '' : `hybrid is ahead in ${(100 * share).toFixed(1)} %`
    console.log(`${name.padEnd(27)} ${score.toFixed(3)}  ${said}`)
  }
  console.log('(of 10,000 paired resamples of the questions)')
  console.log(`hybrid ${isBetter ? 'beats both' : 'does not beat both'}: ${chosen}`)
  return isBetter
}
