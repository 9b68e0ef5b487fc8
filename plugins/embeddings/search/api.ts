import type { Api } from '#core'

/** Cluster-wide paths of search and its collections. */
export const searchDoor = {} as const satisfies Api
