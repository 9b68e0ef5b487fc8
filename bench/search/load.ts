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

/** Node's own settings, and those for a small machine. */
const small = await measure(['--optimize-for-size'])
await measure([])
process.exitCode = small < LIMIT_KB ? 0 : 1

/** The most the controller took, in kB. */
async function measure(nodeArgs: string[]): Promise<number> {
  const rig = await startRig(hashedModel('hashed'), nodeArgs)
  try {
    const atRest = memoryOf(rig.controller.pid)
    await rig.call('PUT', '/api/collections/big')
    const startedAt = performance.now()
    const path = '/api/collections/big/documents'
    const { job } = await rig.call<{ job: { id: string } }>('POST', path, { documents })
    const { points } = await rig.ended<{ points: number }>(job)
    const seconds = (performance.now() - startedAt) / 1000
    const most = memoryOf(rig.controller.pid)
    console.log(
      `node ${nodeArgs.join(' ')}: ${points} points in ${seconds.toFixed(0)} s; ` +
        `controller ${(atRest / 1000).toFixed(0)} MB before, ${(most / 1000).toFixed(0)} MB at most`,
    )
    return most
  } finally {
    await rig.close()
  }
}

/** The most a process has had in memory so far (VmHWM), in kB. */
function memoryOf(pid: number): number {
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
