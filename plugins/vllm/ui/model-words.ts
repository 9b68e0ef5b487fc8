import { formatNumber, type ServiceView, type Tone } from '#ui'
import type { ModelView } from '../views.ts'

/** What a model is called: its recipe's title, else the end of its repo id. */
export const titleOf = (model: Pick<ModelView, 'recipe' | 'repo'>): string =>
  model.recipe?.title ?? model.repo.split('/').at(-1) ?? model.repo

/** The model a service serves now, if it is one that is known. */
export const servedBy = (models: readonly ModelView[], service: string): ModelView | undefined =>
  models.find((model) => model.running.some((running) => running.service === service))

/** Whether a model lies whole on as many of a service's machines, head first, as it runs on. */
export function liesOn(
  { recipe, hosts }: ModelView,
  nodes: readonly string[] | undefined,
): boolean {
  if (!nodes) return true
  const wanted = nodes.slice(0, recipe?.nodes ?? 1)
  const isWhole = (node: string) =>
    hosts.some(({ host, state }) => host === node && state === 'ready')
  return wanted.length === (recipe?.nodes ?? 1) && wanted.every(isWhole)
}

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

/** How a model would be run and what it can, in short. */
export const traitsOf = (model: ModelView): string =>
  join(
    model.adapter_of ? `LoRA adapter of ${model.adapter_of}` : '',
    spread(model),
    model.recipe?.max_model_len
      ? `${formatNumber(model.recipe.max_model_len)} tokens of context`
      : '',
    ...model.capabilities,
  )

/** How a model that runs is spread, and what it can. */
export const abilitiesOf = (model: ModelView): string => join(spread(model), ...model.capabilities)

const join = (...parts: string[]): string => parts.filter(Boolean).join(' · ')

const spread = ({ mode, recipe }: ModelView): string =>
  mode === 'cluster' ? `spans ${recipe?.nodes ?? 'several'} machines` : ''
