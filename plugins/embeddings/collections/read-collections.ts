import { asControlError } from '#core'
import type { Qdrant } from '../qdrant/qdrant.ts'
import { isSegment, path, type Segment } from '../qdrant/segment.ts'
import { CollectionInfo, CollectionList } from '../qdrant/shapes.ts'
import { readVectors } from './vectors.ts'
import type { CollectionsView, CollectionView } from './views.ts'

/** Collections looked into at a time, and at all. */
const AT_ONCE = 4
const MOST = 200

/** One collection. Throws COLLECTION_UNKNOWN. */
export async function readCollection(
  qdrant: Qdrant,
  service: string,
  name: Segment,
  signal: AbortSignal,
): Promise<CollectionView> {
  const info = await qdrant.call({
    path: path`/collections/${name}`,
    result: CollectionInfo,
    signal,
  })
  return {
    ...{ name, service, status: info.status, points: info.points_count ?? null },
    ...readVectors(info),
    indexes: Object.entries(info.payload_schema)
      .map(([field, { data_type, points }]) => ({ field, type: data_type, points }))
      .sort((a, b) => (a.field < b.field ? -1 : 1)),
  }
}

/** Every collection of a Qdrant, by name. One that cannot be read takes nothing from the others. */
export async function listCollections(
  qdrant: Qdrant,
  service: string,
  signal: AbortSignal,
): Promise<CollectionsView> {
  const { collections } = await qdrant.call({
    ...{ path: path`/collections`, result: CollectionList, signal },
  })
  const names = collections.map(({ name }) => name).sort()
  const view: CollectionsView = { service, collections: [], others: [] }
  const wanted = names.filter(isSegment).slice(0, MOST)
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const part = wanted.slice(at, at + AT_ONCE)
    const looks = await Promise.allSettled(
      part.map((name) => readCollection(qdrant, service, name, signal)),
    )
    signal.throwIfAborted()
    for (const [n, look] of looks.entries()) {
      if (look.status === 'fulfilled') view.collections.push(look.value)
      else view.others.push({ name: part[n] ?? '', reason: asControlError(look.reason).message })
    }
  }
  for (const name of names)
    if (!isSegment(name))
      view.others.push({ name, reason: 'it has a name that is not safe in a path' })
  for (const name of names.filter(isSegment).slice(MOST))
    view.others.push({ name, reason: `only ${MOST} are looked into` })
  return view
}
