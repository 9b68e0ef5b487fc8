import type { Kind, Open } from '#core'
import type { door } from './api.ts'
import type { Settings } from './settings.ts'

/** Handlers of the cluster-wide paths, those apart that a service answers itself (running.ts). */
export const openDoor = (_kind: Kind<Settings>): Open<typeof door> => ({ handlers: {} })
