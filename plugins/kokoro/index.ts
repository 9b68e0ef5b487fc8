import { API_VERSION, type ServicePlugin } from '#core'
import { api, door } from './api.ts'
import { openDoor } from './door.ts'
import { imports } from './imports.ts'
import { recognise } from './recognise.ts'
import { startService } from './running.ts'
import { speechSample } from './sample.ts'
import { Settings } from './settings.ts'

/** Kokoro-FastAPI: text to speech. */
export default {
  apiVersion: API_VERSION,
  kind: 'kokoro',
  title: 'Text to speech',
  place: 'host',
  defaultPort: 8880,
  // one GPU speaks one text after the other; a second hides the gaps between them
  containers: 'plain',
  limits: { concurrency: 2, queue: 8 },
  settings: Settings,
  api,
  door,
  tile: {
    figures: [
      { key: 'voices', label: 'Voices' },
      { key: 'speed', label: 'Speed', unit: '× faster than talking' },
    ],
    links: [{ label: 'Try it', href: '/speak' }],
  },
  sample: speechSample,
  recognise,
  imports,
  start: startService,
  open: openDoor,
} satisfies ServicePlugin<typeof Settings, typeof api, typeof door>
