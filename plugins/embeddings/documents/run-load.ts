import type { Clock, ControlError, Job, KeyValue } from '#core'
import { embeddingsError } from '../errors.ts'
import { dropLoad, findLoad, finishPart, type Load, readPart } from './load-shelf.ts'
import { patiently } from './patience.ts'
import { type Failure, type Target, writeDocuments } from './write-documents.ts'

/** How long a load waits for a server that is away before it breaks off. */
const PATIENCE_MS = 15 * 60_000
/** So many refused and none taken: it is not the documents. */
const HOPELESS = 100

export interface LoadParts {
  store: KeyValue
  clock: Clock
  /** Looks at the collection: its vectors, and that it is there. */
  open(load: Load, signal: AbortSignal): Promise<Target>
}

export interface LoadResult {
  collection: string
  documents: number
  points: number
  failed: number
  failures: Failure[]
}

/**
 * Loads part after part. Each part is forgotten only once it is in, so a controller that was killed
 * or a Qdrant that died costs at most a part written twice, which changes nothing.
 */
export async function runLoad(
  job: Pick<Job<{ load: string }>, 'input' | 'signal' | 'step' | 'phase' | 'percent' | 'line'>,
  { store, clock, open }: LoadParts,
): Promise<LoadResult> {
  const { signal } = job
  let load = findLoad(store, job.input.load)
  if (!load) return job.step('sum up', () => Promise.reject(lost()))
  const onWait = (error: ControlError, waitMs: number) =>
    job.line(`${error.message} Trying again in ${waitMs / 1000} s.`)
  const wait = <T>(work: () => Promise<T>) =>
    patiently(work, { clock, signal, forMs: PATIENCE_MS, onWait })
  job.phase('load')
  try {
    while (load.done < load.parts) {
      const now: Load = load
      job.percent((100 * now.done) / now.parts)
      const documents = readPart(store, now)
      const written = await wait(async () =>
        writeDocuments(await open(now, signal), documents, signal),
      )
      signal.throwIfAborted()
      load = finishPart(store, now, written)
      for (const { id, code, message } of written.failed) job.line(`${id} — ${code}: ${message}`)
      checkHope(load)
    }
  } catch (thrown) {
    // cancelled: nobody wants the rest; otherwise it is kept for when the same are sent again
    if (signal.aborted) dropLoad(store, load.id)
    throw thrown
  }
  const { id, collection, written, failures } = load
  // kept before the load is forgotten: a controller that is killed in between answers from here
  const result = await job.step('sum up', async () => ({ collection, ...written, failures }))
  dropLoad(store, id)
  return result
}

function checkHope({ written, failures }: Load): void {
  const [first] = failures
  if (written.documents > 0 || written.failed < HOPELESS || !first) return
  throw embeddingsError(
    'DOCUMENTS_REFUSED',
    `The first ${written.failed} documents were all refused, the first with: ${first.message}`,
    { hint: 'Look at that one; send the same again to go on with the rest.' },
  )
}

const lost = (): ControlError =>
  embeddingsError('DOCUMENTS_GONE', 'The documents of this load are no longer kept.', {
    hint: 'Send them again.',
  })
