import { API_VERSION, type ServicePlugin } from '#core'
import { api, door } from './api.ts'
import { openDoor } from './door.ts'
import { imports } from './imports.ts'
import { recognise } from './recognise.ts'
import { startService } from './running.ts'
import { searchJobs } from './search/jobs.ts'
import { Settings } from './settings.ts'

/** Embeddings, rerank and hybrid search: an embeddings server, a reranker, a Qdrant. */
export default {
  apiVersion: API_VERSION,
  kind: 'embeddings',
  title: 'Embeddings and search',
  place: 'host',
  containers: 'plain',
  defaultPort: 8001,
  settings: Settings,
  api,
  door,
  jobs: searchJobs,
  tile: {
    figures: [
      { key: 'models', label: 'Models' },
      { key: 'collections', label: 'Collections' },
    ],
  },
  recognise,
  imports,
  start: startService,
  open: openDoor,
} satisfies ServicePlugin<typeof Settings, typeof api, typeof door>
