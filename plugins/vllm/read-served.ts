import { ControlError, type Upstream } from '#core'

/** What the engine's own HTTP says. */
export type Answering =
  | { state: 'serving'; models: string[]; root: string | null; maxModelLen: number | null }
  /** Something answers, but the engine behind it is dead (503) or is no vLLM. */
  | { state: 'broken'; reason: string }
  /** Nothing listens on the port. */
  | { state: 'refused' }
  /** It did not answer in time: long prompts keep it busy for seconds. */
  | { state: 'late' }

interface ModelList {
  data?: { id?: unknown; root?: unknown; max_model_len?: unknown }[]
}

const HEALTH_TIMEOUT_MS = 5_000
const LIST_BYTES = 1024 * 1024
const MOST_MODELS = 1_000
/** Anything printable; adapters and models of folders have names of their own. */
const ID = /^[^\p{Cc}\p{Cs}]{1,300}$/u

/** Asks /health, then /v1/models. Both must agree before anything counts as served. */
export async function readServed(upstream: Upstream, signal: AbortSignal): Promise<Answering> {
  try {
    const options = { signal, timeoutMs: HEALTH_TIMEOUT_MS, maxBytes: LIST_BYTES }
    const health = await upstream.request('/health', options)
    if (health.status === 503) return { state: 'broken', reason: 'the engine has died' }
    if (health.status !== 200) {
      return { state: 'broken', reason: `/health answers ${health.status}` }
    }
    const models = await upstream.request('/v1/models', options)
    if (models.status !== 200) {
      const isLocked = models.status === 401 || models.status === 403
      return {
        state: 'broken',
        reason: `/v1/models answers ${models.status}${isLocked ? ': set api_key of the service' : ''}`,
      }
    }
    return readList(models.json<ModelList>())
  } catch (thrown) {
    signal.throwIfAborted()
    if (!(thrown instanceof ControlError)) {
      return { state: 'broken', reason: '/v1/models answers no JSON' }
    }
    if (thrown.code === 'UPSTREAM_UNREACHABLE') return { state: 'refused' }
    if (thrown.code === 'UPSTREAM_TIMEOUT') return { state: 'late' }
    return { state: 'broken', reason: thrown.message }
  }
}

function readList(list: ModelList): Answering {
  const data = Array.isArray(list?.data) ? list.data : []
  const models = data
    .flatMap(({ id }) => (typeof id === 'string' && ID.test(id) ? [id] : []))
    .slice(0, MOST_MODELS)
  if (models.length === 0) return { state: 'broken', reason: '/v1/models names no model' }
  const first = data[0]
  return {
    state: 'serving',
    models,
    root: typeof first?.root === 'string' ? first.root : null,
    maxModelLen: typeof first?.max_model_len === 'number' ? first.max_model_len : null,
  }
}
