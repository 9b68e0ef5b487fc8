import type { Running, Service } from '#core'
import type { api } from './api.ts'
import { lookAt } from './probe/look.ts'
import type { Settings } from './settings.ts'

/** Watches one speech server. Nothing but its containers is ever started or stopped. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const { models, aliases } = service.settings
  return {
    handlers: {},
    probe: (signal) => lookAt(service, signal),
    models: () => models,
    aliases: () => aliases,
  }
}
