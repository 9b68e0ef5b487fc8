import { ControlError, type Health, type Reply, type Upstream } from '#core'

/** What one look at a server brought. */
export interface Look {
  health: Health
  /** Ids it lists; empty when it lists none or cannot be used. */
  models: string[]
  /** Whether it answers /health in earnest; if not, there is no use in asking again. */
  hasHealth: boolean
}

const TIMEOUT_MS = 4_000
const LIST_BYTES = 1024 * 1024
const MOST_MODELS = 1_000

/**
 * Asks /health where the server has one, then /v1/models. Rejects as `request` does, which core reads
 * as late, refused or not to be looked at.
 */
export async function lookAt(
  upstream: Upstream,
  mayHaveHealth: boolean,
  signal: AbortSignal,
): Promise<Look> {
  const options = { signal, timeoutMs: TIMEOUT_MS, maxBytes: LIST_BYTES }
  const own = mayHaveHealth ? judgeHealth(await upstream.request('/health', options)) : 'none'
  const hasHealth = own !== 'none'
  if (typeof own === 'object') return { health: own, models: [], hasHealth }
  return { ...judgeList(await upstream.request('/v1/models', options)), hasHealth }
}

/** `fine`, `none` for a server without a health of its own, or what is wrong with it. */
export function judgeHealth({ status, body }: Reply): 'fine' | 'none' | Health {
  // LM Studio answers 200 to every path and says in the body that there is no such one
  if (status === 200)
    return /^\s*\{\s*"error"/.test(body.toString('utf8', 0, 100)) ? 'none' : 'fine'
  if (status < 500 || status === 501) return 'none'
  // llama.cpp says 503 "Loading model" until it can answer
  if (status === 503 && /loading model/i.test(body.toString('utf8', 0, 1000))) {
    return { state: 'starting', reason: 'the server is loading its model' }
  }
  return { state: 'down', reason: `/health answers ${status}` }
}

/** The models a server lists, and what it means when it does not. */
function judgeList(reply: Reply): { health: Health; models: string[] } {
  const { status } = reply
  const no = (state: Health['state'], reason: string) => ({
    health: { state, reason },
    models: [],
  })
  if (status === 401 || status === 403) {
    return no('down', `/v1/models answers ${status}: set api_key of the service`)
  }
  if (status === 429) return no('busy', 'it takes no more requests now (429)')
  if (status !== 200) return no('down', `/v1/models answers ${status}`)
  const models = readIds(reply)
  if (!models) return no('down', '/v1/models answers no list of models')
  if (models.length === 0) return no('idle', 'it has no model')
  return { health: { state: 'up', figures: { models: models.length } }, models }
}

function readIds(reply: Reply): string[] | undefined {
  const list = parse(reply)
  if (!Array.isArray(list?.data)) return undefined
  const ids = list.data.flatMap((model: { id?: unknown } | null) =>
    typeof model?.id === 'string' && ID.test(model.id) ? [model.id] : [],
  )
  return [...new Set(ids)].slice(0, MOST_MODELS)
}

/** Anything printable: file names with blanks are ids of llama.cpp. */
const ID = /^[^\p{Cc}\p{Cs}]{1,300}$/u

function parse(reply: Reply): { data?: unknown } | null {
  try {
    return reply.json()
  } catch (thrown) {
    // text that is no JSON comes from something other than such a server
    if (thrown instanceof ControlError) return null
    throw thrown
  }
}
