import type { Service } from '#core'
import type { Settings } from './settings.ts'

/** What is known of a server from the last look that told. */
export interface Known {
  models: string[]
  isAnswering: boolean
  mayHaveHealth: boolean
}

const known = new WeakMap<object, Known>()

/** What is known of a service's server; probe and door share it. */
export function knownOf(service: Service<Settings>): Known {
  const before = known.get(service)
  if (before) return before
  const fresh: Known = { models: [], isAnswering: false, mayHaveHealth: true }
  known.set(service, fresh)
  return fresh
}

/** Ollama lists `name:latest` and answers to `name` as well. */
export const aliasesOf = (models: readonly string[]): string[] =>
  models.flatMap((id) => (id.endsWith(':latest') ? [id.slice(0, -':latest'.length)] : []))
