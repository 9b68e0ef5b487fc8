import type { Handlers, Kind } from '#core'
import type { Settings } from '../settings.ts'
import type { searchDoor } from './api.ts'

/** Handlers of search and its collections. */
export const openSearch = (_kind: Kind<Settings>): Handlers<typeof searchDoor> => ({})
