import type { ModelView } from '../views.ts'
import { titleOf } from './model-words.ts'

export type StateFilter = 'all' | 'running' | 'ready' | 'needs_setup' | 'other'
export type SortKey = 'name' | 'size' | 'used' | 'loaded'

export interface ModelsWish {
  search: string
  state: StateFilter
  sort: SortKey
}

/** The models that are asked for, in the order asked for; what runs always stands first. */
export function filterModels(models: readonly ModelView[], wish: ModelsWish): ModelView[] {
  const words = wish.search.toLowerCase().split(/\s+/).filter(Boolean)
  return models
    .filter((model) => isOfState(model, wish.state) && hasWords(model, words))
    .sort(
      (a, b) =>
        Number(b.running.length > 0) - Number(a.running.length > 0) ||
        ORDER[wish.sort](a, b) ||
        byName(a, b),
    )
}

/** Whether a model belongs under a filter. */
export function isOfState(model: ModelView, state: StateFilter): boolean {
  if (state === 'all') return true
  if (state === 'running') return model.running.length > 0
  if (state === 'other') return model.state !== 'ready' && model.state !== 'needs_setup'
  return model.state === state
}

const hasWords = (model: ModelView, words: readonly string[]): boolean => {
  const text = [titleOf(model), model.repo, model.mode, model.state, ...model.capabilities]
    .concat(model.hosts.map(({ host }) => host))
    .join(' ')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}

const byName = (a: ModelView, b: ModelView) => titleOf(a).localeCompare(titleOf(b))
const sizeOf = ({ hosts }: ModelView) => Math.max(0, ...hosts.map(({ size_bytes }) => size_bytes))
const usedAt = ({ hosts }: ModelView): string =>
  hosts
    .map(({ last_used_at }) => last_used_at ?? '')
    .sort()
    .at(-1) ?? ''

const ORDER: Record<SortKey, (a: ModelView, b: ModelView) => number> = {
  name: byName,
  size: (a, b) => sizeOf(b) - sizeOf(a),
  used: (a, b) => usedAt(b).localeCompare(usedAt(a)),
  loaded: (a, b) => (b.last_loaded_at ?? '').localeCompare(a.last_loaded_at ?? ''),
}
