import { type Api, updateRoute, versionRoute } from '#core'

/** Core has the routes to start, stop and restart it, and its log. */
export const api = {
  'GET /version': versionRoute,
  'POST /update': updateRoute,
} as const satisfies Api
