import { type Api, containerActRoute, LogQuery, updateRoute, versionRoute } from '#core'

export const api = {
  'GET /version': versionRoute,
  'POST /update': updateRoute,
  'POST /start': containerActRoute('Starts the bot'),
  'POST /stop': containerActRoute('Stops the bot'),
  'POST /restart': containerActRoute('Stops and starts the bot'),
  'GET /logs': {
    summary: 'The log of the bot as server-sent events',
    effect: 'read',
    query: LogQuery,
    raw: true,
  },
} as const satisfies Api
