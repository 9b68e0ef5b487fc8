import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
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
] as const

const root = fileURLToPath(new URL('../..', import.meta.url))
const passages = readPassages(root)
const rig = await startRig()
try {
  await load(rig)
  const scores = await measure(rig)
  process.exitCode = report(scores) ? 0 : 1
} finally {
  await rig.close()
}

async function load({ call, controller }: Rig): Promise<void> {
  // the sparse side are plain weights of words, so rare ones are weighed more by Qdrant
  await call('PUT', '/api/collections/docs', { idf: true })
  const documents = passages.map(({ id, text }) => ({ id, text }))
  const { job } = await call<{ job: { id: string } }>('POST', '/api/collections/docs/documents', {
    documents,
  })
  for (;;) {
    const { state } = await call<{ state: string }>('GET', `/api/jobs/${job.id}?wait=60`)
    if (state === 'succeeded') break
    if (state !== 'running' && state !== 'queued') throw new Error(`the load ${state}`)
  }
  const { points } = await call<{ points: number }>('GET', '/api/collections/docs')
  console.log(
    `${passages.length} passages of the docs, ${points} chunks, ${QUESTIONS.length} questions`,
  )
  const memory = readFileSync(`/proc/${controller.pid}/status`, 'utf8')
  console.log(`controller: ${/VmHWM:\s*(.*)/.exec(memory)?.[1]} at most`)
}

/** nDCG@10 of each question by each way. */
async function measure({ call }: Rig): Promise<Map<string, number[]>> {
  const scores = new Map<string, number[]>()
  for (const { name, ...way } of WAYS) {
    const each: number[] = []
    for (const { ask, found } of QUESTIONS) {
      const right = new Set(passages.filter(({ text }) => text.includes(found)).map(({ id }) => id))
      const { results } = await call<{ results: { document: string }[] }>('POST', '/api/search', {
        ...{ collection: 'docs', query: ask, limit: 10, ...way },
      })
      each.push(ndcgAt10([...new Set(results.map(({ document }) => document))], right))
    }
    scores.set(name, each)
  }
  return scores
}

/** Prints the figures; whether both fusions are better than either side alone. */
function report(scores: Map<string, number[]>): boolean {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const asked = QUESTIONS.findIndex(({ ask }) => ask === 'JOB_INTERRUPTED')
  console.log('\nnDCG@10        all   asked as people do   by name')
  for (const [name, each] of scores) {
    const parts = [each, each.slice(0, asked), each.slice(asked)].map((part) =>
      mean(part).toFixed(3),
    )
    console.log(`${name.padEnd(13)} ${parts.join('         ')}`)
  }
  const [dense = 0, sparse = 0, rrf = 0, dbsf = 0] = [...scores.values()].map(mean)
  return Math.min(rrf, dbsf) > Math.max(dense, sparse)
}
