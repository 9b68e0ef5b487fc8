/** How much memory a controller takes for a load of 10,000 documents. */
import { readFileSync } from 'node:fs'
import { hashedModel } from '../../sandbox/search/embeddings/model.ts'
import { startRig } from './rig.ts'

const DOCUMENTS = 10_000
const LIMIT_KB = 200_000
const WORDS =
  'pump tap boiler valve heating kitchen garden roof tank filter night noise leak'.split(' ')

const word = (n: number): string => WORDS[n % WORDS.length] ?? ''
const documents = Array.from({ length: DOCUMENTS }, (_, n) => ({
  id: `doc-${n}`,
  payload: { house: n % 9 },
  text: Array.from(
    { length: 12 },
    (_, line) => `Line ${line}: the ${word(n + line)} of house ${n} is near the ${word(n * line)}.`,
  ).join(' '),
}))

const rig = await startRig(hashedModel('hashed'))
try {
  const atRest = memoryOf(rig.controller.pid)
  await rig.call('PUT', '/api/collections/big')
  const startedAt = performance.now()
  const path = '/api/collections/big/documents'
  const { job } = await rig.call<{ job: { id: string } }>('POST', path, { documents })
  const taken = memoryOf(rig.controller.pid)
  const { points } = await rig.ended<{ points: number }>(job)
  const seconds = (performance.now() - startedAt) / 1000
  const most = memoryOf(rig.controller.pid)
  const [a, b, c] = [atRest, taken, most].map((kB) => (kB / 1000).toFixed(0))
  console.log(`${points} points in ${seconds.toFixed(0)} s; the controller took at most`)
  console.log(`${a} MB before, ${b} MB once the documents were sent, ${c} MB until they were in`)
  process.exitCode = most < LIMIT_KB && points === DOCUMENTS ? 0 : 1
} finally {
  await rig.close()
}

/** The most a process has had in memory so far (VmHWM), in kB. */
function memoryOf(pid: number): number {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
