import type { Kind, Open } from '#core'
import type { door } from './api.ts'
import { explainModel } from './explain.ts'
import { openSearch } from './search/door.ts'
import type { Settings } from './settings.ts'

/** What spans the services of the kind; `/v1` is answered by each for itself. */
export const openDoor = (kind: Kind<Settings>): Open<typeof door> => ({
  handlers: { ...openSearch(kind) },
  explainModel: (model) => explainModel(kind, model),
})
