import { API_VERSION, type ServicePlugin } from '#core'
import { api, door } from './api.ts'
import { openDoor } from './door.ts'
import { imports } from './imports.ts'
import { checkModel } from './model/check-model.ts'
import { startService } from './running.ts'
import { Settings } from './settings.ts'

/** Masks personal and secret things in text and brings them back, failing closed. */
export default {
  apiVersion: API_VERSION,
  kind: 'redaction',
  title: 'Redaction',
  place: 'controller',
  settings: Settings,
  check: checkModel,
  api,
  door,
  tile: {
    figures: [
      { key: 'scrubbed', label: 'Let out' },
      { key: 'refused', label: 'Refused' },
      { key: 'sessions', label: 'Sessions' },
    ],
  },
  imports,
  start: startService,
  open: openDoor,
} satisfies ServicePlugin<typeof Settings, typeof api, typeof door>
