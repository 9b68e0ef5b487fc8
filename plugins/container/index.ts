import { API_VERSION, type ServicePlugin, updateHandlers, updateJob } from '#core'
import { api } from './api.ts'
import { probe } from './probe.ts'
import { Settings } from './settings.ts'
import { targetOf } from './target.ts'

/** Any container on any host, whatever runs in it. */
export default {
  apiVersion: API_VERSION,
  kind: 'container',
  title: 'Container',
  isTitledById: true,
  place: 'host',
  // one that is not asked by HTTP has no use for a port
  defaultPort: null,
  containers: 'plain',
  settings: Settings,
  api,
  jobs: { update: updateJob<Settings>({ targetOf, probe }) },
  check({ settings, port }) {
    if (settings.health === undefined || port !== undefined) return []
    return [{ at: 'health', code: 'PORT_MISSING', message: 'cannot be asked: there is no port' }]
  },
  start(service) {
    const { version, update } = updateHandlers({
      service,
      title: service.id,
      targetOf: () => targetOf(service),
      hasSource: service.settings.update !== undefined && service.settings.manage,
    })
    return {
      handlers: { 'GET /version': version, 'POST /update': update },
      probe: (signal) => probe(service, signal),
    }
  },
} satisfies ServicePlugin<typeof Settings, typeof api>
