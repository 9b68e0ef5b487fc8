import { API_VERSION, type Api, type ServicePlugin } from '#core'
import { probe } from './probe.ts'
import { Settings } from './settings.ts'

/** Core has the routes of every container; the kind needs none of its own. */
const api = {} as const satisfies Api

/** Any container on any host, whatever runs in it. */
export default {
  apiVersion: API_VERSION,
  kind: 'container',
  title: 'Container',
  place: 'host',
  // one that is not asked by HTTP has no use for a port
  defaultPort: null,
  containers: 'plain',
  settings: Settings,
  api,
  start: (service) => ({ handlers: {}, probe: (signal) => probe(service, signal) }),
} satisfies ServicePlugin<typeof Settings, typeof api>
