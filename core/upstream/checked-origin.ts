import { ControlError } from '../errors.ts'
import type { UpstreamSettings } from './pool-upstream.ts'
import { classifyAddress } from './private-range.ts'

/** The origin as it goes on the wire; refuses addresses outside the private ranges. */
export function checkedOrigin({
  origin,
  isPublicAllowed = false,
  isCallOnly = false,
}: Pick<UpstreamSettings, 'origin' | 'isPublicAllowed' | 'isCallOnly'>): string {
  const host = /^https?:\/\/(\[[^\]]*\]|[^/:?#@]*)(?::\d+)?\/?$/i.exec(origin)?.[1]
  const kind = host === undefined ? 'odd' : classifyAddress(host)
  if (kind === 'odd' || (kind === 'public' && !isPublicAllowed)) {
    throw new ControlError(
      'UPSTREAM_NOT_PRIVATE',
      `${origin} is not the address of a server on your own network.`,
      { hint: 'Write http://address:port with an address such as 192.168.1.20.' },
    )
  }
  const url = new URL(origin)
  if (isCallOnly && url.protocol !== 'https:')
    throw new ControlError('UPSTREAM_NOT_PRIVATE', `${origin} is not reached over TLS.`, {
      hint: 'Outside your own network only https:// is spoken.',
    })
  return url.origin
}

export const neverHandedThrough = (): ControlError =>
  new ControlError('UPSTREAM_NOT_PRIVATE', 'Nothing is handed through to a public server.')
