import { ControlError } from '../errors.ts'

/** A failure of the connection to a server in our words: UPSTREAM_UNREACHABLE or UPSTREAM_FAILED. */
export function upstreamError(origin: string, cause: unknown): ControlError {
  if (cause instanceof ControlError) return cause
  const code = codeOf(cause)
  const why = UNREACHABLE[code]
  if (why) {
    return new ControlError('UPSTREAM_UNREACHABLE', `${origin} ${why}.`, {
      hint: 'Look whether the service runs on its host and whether host and port are right.',
      cause,
    })
  }
  const untrusted = UNTRUSTED[code]
  if (untrusted) {
    return new ControlError('UPSTREAM_FAILED', `${origin} ${untrusted}. Nothing was sent.`, {
      hint: 'Renew its certificate, or give the certificate of its authority (ca) if that is one of your own.',
      cause,
    })
  }
  return new ControlError('UPSTREAM_FAILED', `${origin} broke off (${wordsOf(cause, code)}).`, {
    hint: "The service's log says why.",
    cause,
  })
}

/** A service's request_timeout has passed. */
export const upstreamTimeout = (origin: string, timeoutMs: number): ControlError =>
  new ControlError('UPSTREAM_TIMEOUT', `${origin} was silent for ${timeoutMs / 1000} s.`, {
    hint: "The service's request_timeout in topology.yaml is the limit; without it there is none.",
  })

/** A call of our own has not been answered within its deadline, which no setting changes. */
export const callTimeout = (origin: string, timeoutMs: number): ControlError =>
  new ControlError('UPSTREAM_TIMEOUT', `${origin} did not answer within ${timeoutMs / 1000} s.`, {
    hint: 'It may be busy, or hang: its log says what it is at.',
  })

/** Nobody waits for the answer any more. */
export const GONE = new Error('the client has left')

/** New requests are not taken while a service is being stopped. */
export const draining = (): ControlError =>
  new ControlError('DRAINING', 'The service is about to stop and takes no new requests.', {
    hint: 'Ask again in a moment.',
    retryAfterS: 5,
  })

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'refuses connections',
  EHOSTUNREACH: 'cannot be reached (no route to the host)',
  ENETUNREACH: 'cannot be reached (no route to the network)',
  EHOSTDOWN: 'cannot be reached (the host is down)',
  ENOTFOUND: 'cannot be found by its name',
  EAI_AGAIN: 'cannot be found by its name just now',
  ETIMEDOUT: 'does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'does not answer',
}

/** The handshake failed before anything was said. */
const NO_AUTHORITY = 'has a certificate of no authority that is known here'
const UNTRUSTED: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN: NO_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: NO_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: NO_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NO_AUTHORITY,
  CERT_SIGNATURE_FAILURE: 'has a certificate its authority has not signed',
  CERT_HAS_EXPIRED: 'has a certificate that is over',
  CERT_NOT_YET_VALID: 'has a certificate that is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate of another name',
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  const { code } = cause as Error & { code?: unknown }
  return typeof code === 'string' ? code : ''
}

const wordsOf = (cause: unknown, code: string): string =>
  cause instanceof Error ? cause.message.slice(0, 200) || code : code || 'no reason given'
