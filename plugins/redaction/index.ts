import { API_VERSION, type ServicePlugin } from '#core'
import { api } from './api.ts'
import { startService } from './running.ts'
import { Settings } from './settings.ts'

/** Masks personal and secret things in text and brings them back, failing closed. */
export default {
  apiVersion: API_VERSION,
  kind: 'redaction',
  title: 'Redaction',
  place: 'controller',
  settings: Settings,
  api,
  tile: { figures: [{ key: 'mode', label: 'Mode' }] },
  start: startService,
} satisfies ServicePlugin<typeof Settings, typeof api>
