import { Type } from '@sinclair/typebox'
import { ControlError } from '../errors.ts'
import { ID_PATTERN } from '../topology/schema.ts'

/** `gpu`, `gpu:<host>` or the id of a service. */
export const RESOURCE = `^(gpu:)?${ID_PATTERN.slice(1)}`

// Control characters, line ends, and marks that turn the direction of what is shown around them.
const UNSEEN = '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069'

/** A name or reason: one line a person can read. */
export const Line = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: `^[^${UNSEEN}]+$`, description })

/** What the topology names. */
export interface ResourceNames {
  hosts(): string[]
  services(): string[]
}

/** Throws HOST_UNKNOWN or SERVICE_UNKNOWN for a resource the topology does not have. */
export function assertKnown(resource: string, { hosts, services }: ResourceNames): void {
  if (resource === 'gpu') return
  const isGpu = resource.startsWith('gpu:')
  const id = isGpu ? resource.slice(4) : resource
  const known = isGpu ? hosts() : services()
  if (known.includes(id)) return
  const what = isGpu ? 'host' : 'service'
  throw new ControlError(isGpu ? 'HOST_UNKNOWN' : 'SERVICE_UNKNOWN', `no ${what} "${id}"`, {
    hint: `${what}s: ${known.join(', ') || 'none'}`,
    details: [{ path: 'resource', message: `is "${resource}"; there is no such ${what}` }],
  })
}
