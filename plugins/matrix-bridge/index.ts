import { API_VERSION, type ServicePlugin, updateJob } from '#core'
import { api } from './api.ts'
import { imports } from './imports.ts'
import { startService } from './running.ts'
import { Settings } from './settings.ts'
import { TITLE, targetOf } from './target.ts'

/** A bot in a container of another user on the host, updated from its git repository. */
export default {
  apiVersion: API_VERSION,
  kind: 'matrix-bridge',
  title: TITLE,
  place: 'host',
  // nobody calls it: it calls its homeserver
  defaultPort: null,
  containers: 'plain',
  settings: Settings,
  api,
  jobs: { update: updateJob<Settings>({ targetOf }) },
  imports,
  start: startService,
} satisfies ServicePlugin<typeof Settings, typeof api>
