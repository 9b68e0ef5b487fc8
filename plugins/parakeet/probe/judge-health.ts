import type { Health, Reply } from '#core'

/**
 * What a speech server's health says. Servers differ: some answer `{ status: "starting" }` or
 * `{ ready: false }` with 200, others 503 until the model is loaded; none of them tries a decode.
 */
export function judgeHealth({ status, body }: Pick<Reply, 'status' | 'body'>): Health {
  const said = parse(body)
  const isLoading =
    said.ready === false || said.model_loaded === false || said.status === 'starting'
  if (isLoading || status === 503) return { state: 'starting', reason: 'it is loading its model' }
  if (status === 429) return { state: 'busy', reason: 'it takes no more requests now (429)' }
  if (status === 401 || status === 403)
    return { state: 'down', reason: `its health answers ${status}: set api_key of the service` }
  if (status === 404)
    return { state: 'down', reason: 'it has no such health path: set health of the service' }
  if (status >= 300) return { state: 'down', reason: `its health answers ${status}` }
  return { state: 'up' }
}

function parse(body: Buffer): { status?: unknown; ready?: unknown; model_loaded?: unknown } {
  try {
    const value: unknown = JSON.parse(body.toString('utf8', 0, 16 * 1024))
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    // plain text such as "OK" is all that some say
    return {}
  }
}
