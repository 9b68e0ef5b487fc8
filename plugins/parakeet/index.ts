import { API_VERSION, type ServicePlugin } from '#core'
import { api, door } from './api.ts'
import { openDoor } from './door.ts'
import { imports } from './imports.ts'
import { recognise } from './recognise.ts'
import { startService } from './running.ts'
import { speechSample } from './sample.ts'
import { Settings } from './settings.ts'

/** A speech-to-text server, with or without one that tells speakers apart. */
export default {
  apiVersion: API_VERSION,
  kind: 'parakeet',
  title: 'Speech to text',
  place: 'host',
  defaultPort: 8000,
  containers: 'plain',
  // decodes share one GPU: two fill it, a third only makes all of them slower
  limits: { concurrency: 2, ceiling: 3, queue: 8 },
  settings: Settings,
  api,
  door,
  tile: {
    figures: [
      { key: 'real_time_factor', label: 'Speed', unit: '× faster than talking' },
      { key: 'speakers', label: 'Speakers' },
    ],
    links: [{ label: 'Try it', href: '/transcribe' }],
  },
  sample: speechSample,
  recognise,
  imports,
  start: startService,
  open: openDoor,
} satisfies ServicePlugin<typeof Settings, typeof api, typeof door>
