import { call, createFetched, type Fetched, live } from '#ui'
import type { CardView, DownloadView, ModelsView } from '../views.ts'
import { isOurs } from './model-words.ts'

/** Every model on the disks, fetched again whenever it changes. */
export const createModels = (): Fetched<ModelsView> =>
  createFetched(() => call<ModelsView>('GET /api/models'), { topics: ['models'], key: 'key' })

/** Downloads and copies on their way, with true figures. */
export const createDownloads = (): Fetched<{ downloads: DownloadView[] }> =>
  createFetched(() => call<{ downloads: DownloadView[] }>('GET /api/downloads'), {
    topics: ['downloads'],
    key: 'job',
  })

/** What a service's tile shows beyond its state. */
export const createCard = (service: () => string): Fetched<CardView> =>
  createFetched(() => call<CardView>(`GET /api/${encodeURIComponent(service())}/card`), {
    topics: ['models', 'demand'],
  })

/** Ids of the services a model can be loaded on. */
export function createTargets(): Fetched<{ ids: string[] }> {
  return createFetched(
    async () => {
      const ids = live.services.filter(isOurs).map(({ id }) => id)
      const cards = await Promise.all(
        ids.map((id) => call<CardView>(`GET /api/${id}/card`).catch(() => undefined)),
      )
      return { ids: ids.filter((_, at) => cards[at]?.manage !== false) }
    },
    { topics: ['models'] },
  )
}
