import type { Running, Service } from '#core'
import type { api } from './api.ts'
import type { Settings } from './settings.ts'

/** It runs in this process, so it is up as long as it was started. */
export function startService(service: Service<Settings>): Running<typeof api> {
  return {
    handlers: {},
    probe: async () => ({ state: 'up', figures: { mode: service.settings.mode } }),
  }
}
