import { ControlError } from '../errors.ts'

/** A service that claims the path, as routing sees it; in topology order. */
export interface Candidate {
  /** Service id. */
  id: string
  /** The one that is meant when a caller names none. */
  isDefault: boolean
  /** Ids it serves now. */
  models: readonly string[]
  /** Names that stand for what it serves, whatever that is. */
  aliases: readonly string[]
  inFlight: number
  isDraining: boolean
  /** Never meant by a request that does not name one of its models. */
  isNamedOnly?: boolean
  /** Whether as many wait for it as may. */
  isFull?: boolean
}

export interface ModelRequest<C extends Candidate> {
  /** What the caller asked for; null when it named nothing. */
  model: string | null
  /** The path, for messages. */
  path: string
  candidates: readonly C[]
  /**
   * What the kinds know about a model nobody serves: MODEL_LOADING, MODEL_NOT_LOADED or
   * MODEL_NOT_FOUND; undefined when the kind takes any name.
   */
  explain?(model: string): ControlError | undefined
}

/**
 * Picks who answers a /v1 request: exact id, then alias, then the only service claiming the path
 * (of those that do not want to be named).
 * Of several the one with the fewest requests in flight, then the first in the topology.
 */
export function pickModelRoute<C extends Candidate>(request: ModelRequest<C>): C | ControlError {
  const { model, path, candidates } = request
  if (candidates.length === 0) return nobody(path)
  const open = candidates.filter((candidate) => !candidate.isNamedOnly)
  if (model === null) return pickUnnamed(open, candidates, path)
  const exact = candidates.filter((candidate) => candidate.models.includes(model))
  const meant = exact.length > 0 ? exact : candidates.filter((c) => c.aliases.includes(model))
  const chosen = leastBusy(meant)
  if (chosen) return chosen
  const explained = request.explain?.(model)
  if (explained) return explained
  const [only, ...others] = open
  return only && others.length === 0 ? only : modelNotFound(model, candidates)
}

/** GET /v1/models in OpenAI's shape: ids and aliases of all services, each once. */
export function listModels(
  candidates: readonly (Candidate & { kind: string; loadedAt?: number })[],
) {
  const seen = new Map<string, { id: string; object: 'model'; created: number; owned_by: string }>()
  for (const { models, aliases, kind, loadedAt = 0 } of candidates) {
    for (const id of models.length > 0 ? [...models, ...aliases] : []) {
      if (seen.has(id)) continue
      seen.set(id, { id, object: 'model', created: Math.floor(loadedAt / 1000), owned_by: kind })
    }
  }
  return { object: 'list' as const, data: [...seen.values()] }
}

/** MODEL_NOT_FOUND with the ids there are. */
function modelNotFound(model: string, candidates: readonly Candidate[]): ControlError {
  const ids = [...new Set(candidates.flatMap((candidate) => candidate.models))]
  return new ControlError('MODEL_NOT_FOUND', `No service has the model "${model}".`, {
    hint: ids.length > 0 ? `Served now: ${ids.join(', ')}.` : 'No model is served now.',
    details: [{ path: 'model', message: 'unknown' }],
  })
}

function pickUnnamed<C extends Candidate>(
  open: readonly C[],
  candidates: readonly C[],
  path: string,
): C | ControlError {
  const [only, ...others] = open
  if (only && others.length === 0) return only
  const chosen = leastBusy(open.filter((candidate) => candidate.isDefault))
  if (chosen) return chosen
  return new ControlError('VALIDATION', `Several services answer ${path}; name a model.`, {
    hint: `Served now: ${candidates.flatMap((candidate) => candidate.models).join(', ')}.`,
    details: [{ path: 'model', message: 'is needed here' }],
  })
}

/** Fewest in flight, then topology order; one that is being stopped only if there is no other. */
function leastBusy<C extends Candidate>(candidates: readonly C[]): C | undefined {
  const open = candidates.filter((candidate) => !candidate.isDraining)
  let best: C | undefined
  for (const candidate of open.length > 0 ? open : candidates) {
    if (best === undefined || candidate.inFlight < best.inFlight) best = candidate
  }
  return best
}

const nobody = (path: string): ControlError =>
  new ControlError('NOT_FOUND', `No service answers ${path}.`, {
    hint: 'topology.yaml names no enabled service that has this path.',
  })
