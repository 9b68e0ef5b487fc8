import { ControlError, type Kind } from '#core'
import { foundAt } from './servers/known.ts'
import type { Settings } from './settings.ts'

/**
 * Why a model cannot be had under /v1. Vectors of another model than the one asked for would be
 * worthless beside those the caller has, so a name nobody serves is refused, unless a server does not
 * say what it serves or cannot be asked.
 */
export function explainModel(kind: Kind<Settings>, model: string): ControlError | undefined {
  const names: string[] = []
  for (const service of kind.services()) {
    const { settings } = service
    const served = foundAt(service, 'main')?.models.map(({ id }) => id) ?? []
    const own = settings.model === undefined ? served : [settings.model, ...served]
    if (own.length === 0) return undefined
    names.push(...own)
    if (!foundAt(service, 'main') && isNameOf(model, own, settings.serve_as)) return undefined
  }
  const known = [...new Set(names)].join(', ')
  return new ControlError('MODEL_NOT_FOUND', `No server embeds or reranks with "${model}".`, {
    hint: `There is ${known}. Other names for it: serve_as of the service in topology.yaml.`,
    details: [{ path: 'model', message: 'unknown' }],
  })
}

const isNameOf = (model: string, ids: readonly string[], aliases: readonly string[]): boolean =>
  aliases.includes(model) || ids.some((id) => id === model || id.endsWith(`/${model}`))
