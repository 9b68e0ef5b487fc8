import type { Clock } from '../../plugin.ts'
import { Connection } from '../connection.ts'
import { type KeyPair, makeKeyPair } from '../key-pair.ts'
import { fingerprint, type KeyVerdict } from '../known-hosts.ts'
import { TIMING, type Timing } from '../timing.ts'
import { realClock } from './real-clock.ts'
import { publicKeyOf } from './ssh-server.ts'

/** A key pair for tests; made once. */
export const TEST_KEY: KeyPair = (() => {
  const { private: privateKey } = makeKeyPair('test')
  const base64 = publicKeyOf(privateKey).toString('base64')
  return { privateKey, publicKey: `ssh-ed25519 ${base64} test` }
})()

/** A connection to 127.0.0.1, or another loopback address, that trusts every host key. For tests. */
export function connectTo(
  port: number,
  options: {
    clock?: Clock
    timing?: Partial<Timing>
    user?: string
    address?: string
    verdict?: (offered: string) => KeyVerdict
  } = {},
): { connection: Connection; close(): void } {
  const closing = new AbortController()
  const { verdict = (offered) => ({ is: 'known', offered }) } = options
  const connection = new Connection({
    target: {
      hostId: 'spark-1',
      address: options.address ?? '127.0.0.1',
      port,
      user: options.user ?? 'alice',
    },
    clock: options.clock ?? realClock,
    timing: { ...TIMING, ...options.timing },
    random: () => 0,
    closing: closing.signal,
    keyPair: () => TEST_KEY,
    judge: (key) => verdict(fingerprint(key)),
    knownTypes: () => [],
  })
  return { connection, close: () => closing.abort(new Error('the test is over')) }
}
