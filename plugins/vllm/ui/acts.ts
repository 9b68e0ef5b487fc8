import { createComponent, lazy } from 'solid-js'
import { act } from '#ui'
import type { ModelView } from '../views.ts'
import { titleOf } from './model-words.ts'

// What is being answered may finish; a program that asks for it says its own number.
const DRAIN_S = 30

// Only who is about to load a model needs it, so the overview does without its code.
const FitSum = lazy(() => import('./FitSum.tsx'))

/** Asks whether to load a model, and loads it. */
export const load = (model: ModelView, service?: string, served?: ModelView): void =>
  act({
    route: 'POST /api/swap',
    body: { model: model.repo, ...(service && { service }), drain_s: DRAIN_S },
    keep: served ? `Keep ${titleOf(served)}` : 'Not now',
    details: () => createComponent(FitSum, { model: model.key, service }),
  })

/** Asks whether to unload what a service serves, and unloads it. */
export const unload = (service: string, served?: ModelView): void =>
  act({
    route: 'POST /api/unload',
    body: { service, drain_s: DRAIN_S },
    keep: served ? `Keep ${titleOf(served)}` : 'Cancel',
  })

/** Asks whether to delete a model from every disk, by its name, and deletes it. */
export const remove = (model: ModelView): void =>
  act({
    route: `DELETE /api/models/${encodeURIComponent(model.key)}`,
    confirm: model.key,
    keep: `Keep ${titleOf(model)}`,
  })

/** Asks whether to download a repository to the hosts its recipe runs on, and downloads it. */
export const download = (repo: string, hosts?: readonly string[], onDone?: () => void): void =>
  act({
    route: 'POST /api/downloads',
    body: { repo, ...(hosts && { hosts }) },
    keep: 'Not now',
    ...(onDone && { onDone }),
  })

/** Asks whether to cancel a job, and cancels it. */
export const cancel = (job: string): void =>
  act({
    route: `POST /api/jobs/${encodeURIComponent(job)}/cancel`,
    keep: 'Let it run',
    done: 'The job is being cancelled.',
  })
