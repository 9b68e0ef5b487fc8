import { isIPv4, isIPv6 } from 'node:net'
import { ControlError } from '../errors.ts'

export interface HostNames {
  /** `access.hosts` of the topology. */
  hosts: readonly string[]
  /** What the machine calls itself. */
  hostname: string
}

/**
 * Builds the check of the Host header. Addresses cannot be rebound by DNS and always pass; names
 * pass when they are localhost, the machine's own, or listed; never all of them.
 */
export function createHostCheck(names: HostNames): (host: string) => ControlError | null {
  const known = knownNames(names)
  const verdicts = new Map<string, ControlError | null>()
  return (host) => {
    const seen = verdicts.get(host)
    if (seen !== undefined) return seen
    const name = hostOnly(host)
    const verdict = name !== null && (isAddress(name) || known.has(name)) ? null : refusal(host)
    // Whoever sends thousands of names only makes us decide again.
    if (verdicts.size >= 256) verdicts.clear()
    verdicts.set(host, verdict)
    return verdict
  }
}

/** The host of a Host header, without port and final dot, in lower case; null if it is none. */
export function hostOnly(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host)
  const name = match?.[1]?.toLowerCase().replace(/\.$/, '')
  return name === undefined || name === '' ? null : name
}

function knownNames({ hosts, hostname }: HostNames): Set<string> {
  const own = hostname.toLowerCase().replace(/\.$/, '')
  const known = new Set(['localhost'])
  if (own !== '') {
    known.add(own)
    known.add(own.endsWith('.local') ? own : `${own}.local`)
  }
  for (const host of hosts) {
    const name = hostOnly(host)
    if (name !== null) known.add(name)
  }
  return known
}

const isAddress = (name: string): boolean =>
  name.startsWith('[') ? isIPv6(name.slice(1, -1)) : isIPv4(name)

function refusal(host: string): ControlError {
  const name = hostOnly(host) ?? host
  return new ControlError('HOST_REFUSED', `This controller does not answer under "${name}".`, {
    hint: `If the name is yours, add it to topology.yaml: access: { hosts: [${name}] }`,
  })
}
