import { API_VERSION, chatSample, type ServicePlugin } from '#core'
import { api, door } from './api.ts'
import { imports } from './coming-from/imports.ts'
import { deleteJob } from './delete/delete-job.ts'
import { openDoor } from './door.ts'
import { downloadJob } from './download/download-job.ts'
import { keptMistakes } from './recipe/kept-mistakes.ts'
import { Recipe } from './recipe/recipe.ts'
import { recognise } from './recognise.ts'
import { startService } from './running.ts'
import { checkSettings, Settings } from './settings.ts'
import { TITLE } from './swap/plan-state.ts'
import { swapJob } from './swap/swap-job.ts'
import { unloadJob } from './swap/unload-job.ts'

/** A vLLM engine on one machine or several, launched through spark-vllm-docker. */
export default {
  apiVersion: API_VERSION,
  kind: 'vllm',
  title: TITLE,
  place: 'host',
  defaultPort: 8888,
  settings: Settings,
  check: checkSettings,
  api,
  door,
  recipe: Recipe,
  checkRecipe: keptMistakes,
  jobs: { swap: swapJob, unload: unloadJob, delete: deleteJob, download: downloadJob },
  tile: {
    figures: [
      { key: 'model', label: 'Model' },
      { key: 'running', label: 'Answering' },
      { key: 'waiting', label: 'Waiting' },
      { key: 'cache_percent', label: 'Cache', unit: '%' },
      { key: 'decode_tokens_per_s', label: 'Writing', unit: 'tokens/s' },
      { key: 'prefill_tokens_per_s', label: 'Reading', unit: 'tokens/s' },
      { key: 'first_token_s', label: 'First token', unit: 's' },
      { key: 'self_check', label: 'Last check' },
    ],
  },
  sample: (service, signal) => chatSample(service.http(), signal),
  recognise,
  imports,
  start: startService,
  open: openDoor,
} satisfies ServicePlugin<typeof Settings, typeof api, typeof door>
