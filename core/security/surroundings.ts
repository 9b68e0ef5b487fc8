import { isIP } from 'node:net'
import type { Access } from './guard.ts'
import { hostOnly } from './host-check.ts'

/**
 * What stands around the controller and is no matter of the cluster: names and proxies that the
 * system it is packed for knows. They count beside those of the topology, and without one too.
 */
export interface Surroundings {
  hosts: readonly string[]
  trusted_proxies: readonly string[]
}

/** `access` of a topology, and what stands around. */
export const within = (access: Access, { hosts, trusted_proxies }: Surroundings): Access => ({
  ...access,
  hosts: [...access.hosts, ...hosts],
  trusted_proxies: [...access.trusted_proxies, ...trusted_proxies],
})

/** Names separated by commas; `fail` is called with a sentence about the first that is none. */
export const parseNames = (text: string, fail: (why: string) => never): string[] =>
  split(text).map((name) =>
    hostOnly(name) === null || /[:[]/.test(name)
      ? fail(`"${name}" is no host name; write names without http:// and port`)
      : name,
  )

/** IP addresses separated by commas; `fail` as above. */
export const parseAddresses = (text: string, fail: (why: string) => never): string[] =>
  split(text).map((address) =>
    isIP(address) === 0 ? fail(`"${address}" is no IP address`) : address,
  )

const split = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
