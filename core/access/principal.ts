import type { IncomingMessage } from 'node:http'
import type { Call, Effect } from '../api.ts'

/** Who sends a request, where the topology has tokens. */
export interface Principal {
  /** Name of the token. */
  name: string
  scope: Effect
  /** What the browser holds, if they signed in to the dashboard. */
  session?: string
}

const PRINCIPAL = Symbol('principal')
type Known = IncomingMessage & { [PRINCIPAL]?: Principal }

export const setPrincipal = (req: Known, principal: Principal): void => {
  req[PRINCIPAL] = principal
}

/** Undefined where no token is asked for, or none was sent. */
export const principalOf = (req: Known): Principal | undefined => req[PRINCIPAL]

/** Who sends a request, as handlers are told. */
export function callerOf(req: Known, address = req.socket.remoteAddress ?? ''): Call['caller'] {
  const principal = principalOf(req)
  if (!principal) return { address }
  const { name, scope, session } = principal
  return { address, token: name, scope, ...(session !== undefined && { session }) }
}
