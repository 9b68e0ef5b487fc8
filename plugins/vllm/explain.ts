import { ControlError, type JobView } from '#core'
import { mergeScans } from './disk/models.ts'
import type { Shop } from './door.ts'
import { servedBy } from './served.ts'
import { list } from './words.ts'

const SHORT_WAIT_S = 15

/** Why /v1 cannot serve a model now: it is being loaded, or it lies on a disk. */
export function explainModel(shop: Shop, model: string): ControlError | undefined {
  const job = shop.kind.jobs.active().find((candidate) => isLoading(candidate, model))
  if (job) return loading(shop, job, model)
  const entry = mergeScans(shop.catalogue.scans()).find(
    ({ repo, key }) => repo === model || key === model,
  )
  const isAlias = shop.kind.services().some(({ settings }) => settings.serve_as.includes(model))
  if (!entry && !isAlias) return undefined
  const served = shop.services().flatMap(({ served }) => served?.models.slice(0, 1) ?? [])
  const now = served.length > 0 ? `serving now: ${list(served)}` : 'no model is loaded'
  return new ControlError(
    'MODEL_NOT_LOADED',
    isAlias && !entry
      ? `"${model}" stands for the loaded model; ${now}`
      : `${model} is on disk, not loaded; ${now}`,
    { hint: 'load it from the dashboard, or POST /api/swap {"model": …}' },
  )
}

function isLoading({ kind, input }: JobView, model: string): boolean {
  if (!kind.endsWith('.swap')) return false
  const { model: repo, launch } = (input ?? {}) as {
    model?: string
    launch?: { serve?: string[] }
  }
  return repo === model || namesOf(launch?.serve ?? []).includes(model)
}

/** The names behind --served-model-name. */
function namesOf(serve: string[]): string[] {
  const from = serve.indexOf('--served-model-name') + 1
  const to = serve.findIndex((word, index) => index >= from && word.startsWith('-'))
  return from === 0 ? [] : serve.slice(from, to === -1 ? undefined : to)
}

function loading(shop: Shop, job: JobView, model: string): ControlError {
  const service = shop.kind.services().find(({ id }) => id === job.service)
  const repo = (job.input as { model: string }).model
  const last = service && servedBy(service).kept.load(repo)?.seconds
  const sinceS = job.started_at ? (shop.kind.clock.now() - Date.parse(job.started_at)) / 1000 : 0
  const leftS = last === undefined ? SHORT_WAIT_S : Math.max(5, Math.ceil(last - sinceS))
  const phase = job.phase
    ? ` (${job.phase}${job.percent === null ? '' : `, ${Math.round(job.percent)} %`})`
    : ''
  const eta = last === undefined ? '' : `; ready in about ${leftS} s`
  return new ControlError('MODEL_LOADING', `${model} is being loaded${phase}${eta}`, {
    retryAfterS: leftS,
    holder: { job: job.id, title: job.title },
    hint: `GET /api/jobs/${job.id}?wait=60`,
  })
}
