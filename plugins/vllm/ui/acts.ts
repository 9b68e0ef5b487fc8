import { act } from '#ui'
import type { ModelView } from '../views.ts'
import { titleOf } from './model-words.ts'

// What is being answered may finish; a program that asks for it says its own number.
const DRAIN_S = 30

/** Asks whether to load a model, and loads it. */
export const load = (model: ModelView, service?: string, served?: ModelView): void =>
  act({
    route: 'POST /api/swap',
    body: { model: model.repo, ...(service && { service }), drain_s: DRAIN_S },
    keep: served ? `Keep ${titleOf(served)}` : 'Not now',
  })

/** Asks whether to unload what a service serves, and unloads it. */
export const unload = (service: string, served?: ModelView): void =>
  act({
    route: 'POST /api/unload',
    body: { service, drain_s: DRAIN_S },
    keep: served ? `Keep ${titleOf(served)}` : 'Cancel',
  })
