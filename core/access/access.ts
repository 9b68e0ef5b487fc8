import type { IncomingMessage } from 'node:http'
import type { Effect } from '../api.ts'
import { ControlError } from '../errors.ts'
import { setPrincipal } from './principal.ts'
import type { Sessions } from './sessions.ts'
import { createTokenFinder, isEnough, type TokenSpec } from './tokens.ts'

/** Who may do what, by the tokens of one topology. Without any, everybody may everything. */
export interface Access {
  readonly isRequired: boolean
  /**
   * Finds out who sends a request and whether they may; before anything of the body is read. Throws
   * UNAUTHENTICATED or SCOPE_MISSING. `public` routes are answered to everybody.
   */
  admit(req: IncomingMessage, effect: Effect | 'public'): void
  /** Opens a session for who knows a token: what the browser keeps. Throws UNAUTHENTICATED. */
  signIn(token: string): { session: string; spec: TokenSpec }
  signOut(session: string): void
}

/** The cookie that keeps a session. */
export const COOKIE = 'spark_control_session'

/** Builds the access of one topology. */
export function createAccess(specs: readonly TokenSpec[], sessions: Sessions): Access {
  const isRequired = specs.length > 0
  const findToken = createTokenFinder(specs)

  const identify = (req: IncomingMessage): { spec?: TokenSpec | undefined; session?: string } => {
    const token = tokenIn(req)
    if (token !== undefined) return { spec: findToken(token) }
    const session = sessionIn(req)
    const hash = session && sessions.find(session)
    // A token that left the topology takes its sessions along.
    return hash ? { spec: specs.find((spec) => spec.hash === hash), session } : {}
  }

  return {
    isRequired,
    admit(req, effect) {
      if (!isRequired) return
      const { spec, session } = identify(req)
      if (spec)
        setPrincipal(req, { name: spec.name, scope: spec.scope, ...(session && { session }) })
      if (effect === 'public') return
      if (!spec) throw unauthenticated()
      if (!isEnough(spec.scope, effect))
        throw new ControlError(
          'SCOPE_MISSING',
          `The token "${spec.name}" may ${spec.scope}; this asks for ${effect}.`,
          { hint: `Its scope in topology.yaml would have to be ${effect}.` },
        )
    },
    signIn(token) {
      const spec = findToken(token)
      if (!spec)
        throw new ControlError('UNAUTHENTICATED', 'There is no such token.', {
          hint: 'Whoever runs Spark Control can look it up or make another.',
        })
      return { spec, session: sessions.open(spec.hash) }
    },
    signOut: (session) => sessions.close(session),
  }
}

/** `Authorization: Bearer`, or the header by which clients of Anthropic's API send their key. */
function tokenIn({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const key = headers['x-api-key']
  return typeof key === 'string' && key !== '' ? key : undefined
}

function sessionIn({ headers }: IncomingMessage): string | undefined {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=')
    if (name === COOKIE) return value
  }
  return undefined
}

const unauthenticated = (): ControlError =>
  new ControlError(
    'UNAUTHENTICATED',
    'This controller asks for a token, and none it knows was sent.',
    {
      hint: 'Send one of access.tokens as Authorization: Bearer, or sign in to the dashboard.',
    },
  )
