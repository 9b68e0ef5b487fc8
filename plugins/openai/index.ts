import { API_VERSION, chatSample, type ServicePlugin } from '#core'
import { api, door } from './api.ts'
import { openDoor } from './door.ts'
import { recognise } from './recognise.ts'
import { startService } from './running.ts'
import { Settings } from './settings.ts'

/** Any server that speaks OpenAI's API: Ollama, llama.cpp, SGLang, TGI, LM Studio. */
export default {
  apiVersion: API_VERSION,
  kind: 'openai',
  title: 'Language model server',
  place: 'host',
  settings: Settings,
  api,
  door,
  tile: { figures: [{ key: 'models', label: 'Models' }] },
  sample: (service, signal) => chatSample(service.http(), signal),
  recognise,
  start: startService,
  open: openDoor,
} satisfies ServicePlugin<typeof Settings, typeof api, typeof door>
