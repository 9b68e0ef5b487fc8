import { call, createFetched, type Fetched, live, type ServiceView } from '#ui'
import type { CollectionsView } from './search-views.ts'

/** The services that search, in the topology's order. */
export const searchServices = (): ServiceView[] =>
  live.services.filter(({ kind }) => kind === 'embeddings')

/** The path of a collection's route, for the service meant. */
export const collectionPath = (service: string, name: string, rest = ''): string =>
  `/api/collections/${encodeURIComponent(name)}${rest}?service=${encodeURIComponent(service)}`

/** Every collection of a service with its counts, fetched again whenever one changes. */
export const createCollections = (service: () => string): Fetched<CollectionsView> =>
  createFetched(
    () => call<CollectionsView>(`GET /api/collections?service=${encodeURIComponent(service())}`),
    {
      topics: ['collections'],
      // a service that comes back has its collections, too
      of: () => `${service()} ${live.services.find(({ id }) => id === service())?.state}`,
      key: 'name',
    },
  )
