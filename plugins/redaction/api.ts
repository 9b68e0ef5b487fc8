import type { Api } from '#core'

/** What a service of this kind answers stands at the root; it has no routes of its own. */
export const api = {} as const satisfies Api
