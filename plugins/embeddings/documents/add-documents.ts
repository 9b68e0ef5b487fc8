import { answer, type Call, type Service } from '#core'
import { holdsOf, type PickStore, storeOf, type VectorStore } from '../collections/vector-store.ts'
import { readVectors } from '../collections/vectors.ts'
import { path, type Segment, toSegment } from '../qdrant/segment.ts'
import { CollectionInfo } from '../qdrant/shapes.ts'
import type { searchDoor } from '../search/api.ts'
import type { Settings } from '../settings.ts'
import type { ChunkOptions } from './chunk-text.ts'
import { type Document, readDocuments } from './document.ts'
import { keepLoad, type Load, loadIdOf, sweepLoads } from './load-shelf.ts'
import { type Target, writeDocuments } from './write-documents.ts'

type Route = (typeof searchDoor)['POST /api/collections/:name/documents']

/** What is written while the caller waits; more becomes a job. */
const MOST_AT_ONCE = 32
const MOST_CHARS_AT_ONCE = 200_000

const USUAL_CHUNK = { max_chars: 1_200, overlap_chars: 200 }

/** Writes a few documents at once, many as a job. The same documents again change nothing. */
export const addDocumentsHandler =
  (pick: PickStore) =>
  async ({ params, query, body, caller, signal, lease }: Call<Route>) => {
    const store = pick(query.service, caller)
    const { service } = store
    const collection = toSegment('name', params.name)
    const documents = readDocuments(body.documents)
    const chunk = chunkOf(body.chunk)
    // refused before anything is kept: a collection that is not there, or not ours to read
    const target = await openTarget(store, collection, chunk, signal)
    if (isFew(documents)) {
      const { failed, ...written } = await writeDocuments(target, documents, signal)
      service.changed('collections')
      return answer(200, { collection, ...written, failed })
    }
    const id = loadIdOf(collection, chunk, documents)
    const load = keepLoad(service.store, { id, collection, chunk }, documents, service.clock.now())
    sweepLoads(service.store, activeLoads(service, id))
    const { job } = service.jobs.start({
      ...{ name: 'load', joinKey: id, lease },
      input: { load: id, collection, documents: load.documents },
      holds: holdsOf(service, collection),
    })
    return answer(202, { job }, { location: `/api/jobs/${job.id}` })
  }

/** A load waits in line as one caller, so that searches come in between. */
const LOADER = { address: 'load' }

/** What a load needs, found anew: a collection may have been made again in between. */
export const openLoad =
  (service: Service<Settings>) =>
  ({ collection, chunk }: Load, signal: AbortSignal): Promise<Target> =>
    openTarget(storeOf(service, LOADER), toSegment('collection', collection), chunk, signal)

async function openTarget(
  { qdrant, embed }: VectorStore,
  collection: Segment,
  chunk: ChunkOptions,
  signal: AbortSignal,
): Promise<Target> {
  const info = await qdrant.call({
    ...{ path: path`/collections/${collection}`, result: CollectionInfo, signal },
  })
  return { qdrant, collection, chunk, vectors: readVectors(info), embed }
}

const chunkOf = ({ max_chars, overlap_chars }: typeof USUAL_CHUNK = USUAL_CHUNK): ChunkOptions => ({
  maxChars: max_chars,
  // an overlap of a whole chunk would be the chunk again
  overlapChars: Math.min(overlap_chars, Math.floor(max_chars / 2)),
})

const isFew = (documents: readonly Document[]): boolean =>
  documents.length <= MOST_AT_ONCE &&
  documents.reduce((sum, { text }) => sum + text.length, 0) <= MOST_CHARS_AT_ONCE

const activeLoads = ({ jobs }: Service<Settings>, id: string): Set<string> =>
  new Set([id, ...jobs.active().map(({ input }) => String((input as { load?: unknown }).load))])
