import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Effect } from '../api.ts'

/** An entry of `access.tokens`. */
export interface TokenSpec {
  name: string
  /** The most it may; each includes those before it: read, use, operate. */
  scope: Effect
  /** `sha256:` and the hash of the token in hex. */
  hash: string
}

const SCOPES: readonly Effect[] = ['read', 'use', 'operate']

/** Whether a scope is enough for a route of this effect. */
export const isEnough = (scope: Effect, effect: Effect): boolean =>
  SCOPES.indexOf(scope) >= SCOPES.indexOf(effect)

/** A new token: 32 random bytes, so that a plain hash of it cannot be turned back. */
export const createToken = (): string => `sc_${randomBytes(32).toString('base64url')}`

/** The hash of a token as topology.yaml has it. */
export const hashToken = (token: string): string => `sha256:${digest(token).toString('hex')}`

/** Finds the entry of a token. It takes as long whichever it is, and whether it is one at all. */
export function createTokenFinder(specs: readonly TokenSpec[]) {
  const entries = specs.map((spec) => ({ spec, hash: Buffer.from(spec.hash.slice(7), 'hex') }))
  return (token: string): TokenSpec | undefined => {
    const hash = digest(token)
    let found: TokenSpec | undefined
    for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) found = entry.spec
    return found
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
