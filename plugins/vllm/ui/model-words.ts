import { formatNumber, type ServiceView, type Tone } from '#ui'
import type { ModelView } from '../views.ts'

/** What a model is called: its recipe's title, else the end of its repo id. */
export const titleOf = (model: Pick<ModelView, 'recipe' | 'repo'>): string =>
  model.recipe?.title ?? model.repo.split('/').at(-1) ?? model.repo

/** The model a service serves now, if it is one that is known. */
export const servedBy = (models: readonly ModelView[], service: string): ModelView | undefined =>
  models.find((model) => model.running.some((running) => running.service === service))

/** Services of this kind. */
export const isOurs = ({ kind }: Pick<ServiceView, 'kind'>): boolean => kind === 'vllm'

/** State of a model in a word; nothing for one that is simply ready. */
export const STATES: Record<ModelView['state'], { tone: Tone; word: string } | undefined> = {
  ready: undefined,
  needs_setup: { tone: 'busy', word: 'Needs set-up' },
  partial: { tone: 'bad', word: 'Incomplete' },
  downloading: { tone: 'wait', word: 'Downloading' },
  unsupported: { tone: 'idle', word: 'Not supported' },
}

/** How a model is run and what it can, in short. */
export function traitsOf({ recipe, mode, capabilities }: ModelView): string {
  return [
    mode === 'cluster' ? `spans ${recipe?.nodes ?? 'several'} machines` : '',
    recipe?.max_model_len ? `${formatNumber(recipe.max_model_len)} tokens of context` : '',
    ...capabilities,
  ]
    .filter(Boolean)
    .join(' · ')
}
