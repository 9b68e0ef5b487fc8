import { connect, type Socket } from 'node:net'
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2'
import type { Clock } from '../plugin.ts'
import { connectTimedOut, diagnose, type Target } from './diagnose.ts'
import type { KeyPair } from './key-pair.ts'
import type { KeyVerdict } from './known-hosts.ts'
import { limit, orAborted } from './limit.ts'

export interface Dial {
  target: Target
  /** Read at each attempt, so that a key file may be put right while we run. */
  keyPair(): KeyPair
  judge(key: Buffer): KeyVerdict
  /** Key types to ask for first: those we know of this host. */
  knownTypes(): string[]
  clock: Clock
  connectMs: number
  keepaliveMs: number
  keepaliveCount: number
}

/** Connects and logs in. Throws a ControlError that says what is wrong and what to do. */
export async function dial(options: Dial, signal: AbortSignal): Promise<Client> {
  const { target, clock, connectMs } = options
  let isConnected = false
  const deadline = limit({
    signal,
    timeoutMs: connectMs,
    clock,
    onDeadline: () => connectTimedOut(target, connectMs, isConnected),
  })
  // Nagle off: 44 ms → 2 ms a command. IPv4 only: a .local name may resolve to IPv6 and hang.
  const { address: host, port } = target
  const socket = connect({ host, port, family: 4, noDelay: true })
  const client = new ssh2.Client()
  client.on('error', () => {}) // errors after the first one; each has its own listener before
  let verdict: KeyVerdict | undefined
  let said = ''
  let fault: unknown
  let publicKey = ''
  try {
    await orAborted(event(socket, 'connect'), deadline.signal)
    isConnected = true
    const pair = options.keyPair()
    publicKey = pair.publicKey
    // ssh2 skips lines before the banner, where others than sshd say what they are
    socket.once('data', (chunk: Buffer) => {
      said = chunk.toString('latin1', 0, 200)
    })
    const ready = event(client, 'ready')
    ready.catch(() => {}) // connect() itself may throw first
    client.connect({
      sock: socket,
      username: target.user,
      privateKey: pair.privateKey,
      authHandler: ['publickey'],
      hostVerifier: (key: Buffer) => {
        try {
          verdict = options.judge(key)
        } catch (error) {
          fault = error // thrown into ssh2 it would end the process
        }
        return verdict?.is === 'known'
      },
      algorithms: { serverHostKey: keyAlgorithms(options.knownTypes()) },
      readyTimeout: 0, // our deadline counts from the first packet
      keepaliveInterval: options.keepaliveMs,
      keepaliveCountMax: options.keepaliveCount,
    })
    await orAborted(ready, deadline.signal)
    return client
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw signal.aborted
      ? signal.reason
      : diagnose(fault ?? error, { target, verdict, publicKey, said })
  } finally {
    deadline.end()
  }
}

/** Resolves with the event; rejects with 'error', or when it closes before. */
function event(emitter: Socket | Client, name: 'connect' | 'ready'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const listeners = emitter as Socket
  listeners.once(name, () => resolve())
  listeners.once('error', reject)
  listeners.once('close', () => reject(new Error('it hung up before handshake')))
  return promise
}

const ALGORITHMS: ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

function keyAlgorithms(knownTypes: string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (name: string) =>
    knownTypes.includes(name.startsWith('rsa-sha2') ? 'ssh-rsa' : name)
  return [...ALGORITHMS.filter(isKnown), ...ALGORITHMS.filter((name) => !isKnown(name))]
}
