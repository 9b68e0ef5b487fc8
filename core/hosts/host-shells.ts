import { ControlError } from '../errors.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import type { Shell } from './exec.ts'
import type { HostSpec } from './host.ts'
import { type KeyPair, readKeyPair } from './key-pair.ts'
import type { KeyVerdict, KnownHosts } from './known-hosts.ts'
import { LocalShell } from './local-host.ts'

/** What the shells of all hosts share. */
export interface ShellEnvironment
  extends Pick<ConnectionOptions, 'clock' | 'timing' | 'random' | 'closing' | 'lost'> {
  keyPair: KeyPair
  knownHosts: KnownHosts
  /** Who the controller runs as; undefined where that is only a number. */
  ownUser: string | undefined
}

const LOCAL = Symbol('this very machine')

/** The shells of one host, one a user, opened when first used. */
export class HostShells {
  readonly #id: string
  readonly #spec: HostSpec
  readonly #environment: ShellEnvironment
  readonly #shells = new Map<string | typeof LOCAL, Shell>()
  #shown: { key: Buffer; verdict: KeyVerdict } | undefined

  constructor(id: string, spec: HostSpec, environment: ShellEnvironment) {
    this.#id = id
    this.#spec = spec
    this.#environment = environment
  }

  /** The shell of a user. Throws HOST_NO_SSH where there is no user. */
  of(user: string | undefined): Shell {
    const { local, user: usual } = this.#spec
    const isLocal =
      local && (user === undefined || user === usual || user === this.#environment.ownUser)
    // an empty user stands for none
    if (!isLocal && !user)
      throw new ControlError(
        'HOST_NO_SSH',
        `${this.#id} has no user, so nothing can be run on it; it is reached by HTTP only`,
        { hint: `give hosts.${this.#id} a user in the topology` },
      )
    const name = isLocal || !user ? LOCAL : user
    const shell = this.#shells.get(name) ?? this.#open(name)
    this.#shells.set(name, shell)
    return shell
  }

  /** Trusts the key shown last. */
  trustShownKey(): void {
    const { address, ssh } = this.#spec
    if (this.#shown) this.#environment.knownHosts.trust(address, ssh.port, this.#shown.key)
    this.#shown = undefined
    this.retry()
  }

  /** How the key shown last stands to what is trusted. */
  get verdict(): KeyVerdict | undefined {
    return this.#shown?.verdict
  }

  retry(): void {
    for (const shell of this.#shells.values()) shell.retry()
  }

  /** What runs may end; the next use opens anew. */
  retire(): void {
    for (const shell of this.#shells.values()) shell.retire()
    this.#shells.clear()
  }

  #open(user: string | typeof LOCAL): Shell {
    const { clock, timing, random, closing, keyPair, knownHosts, lost } = this.#environment
    if (user === LOCAL)
      return new LocalShell({ hostId: this.#id, clock, killGraceMs: timing.killGraceMs, closing })
    const { address, ssh } = this.#spec
    return new Connection({
      target: { hostId: this.#id, address, port: ssh.port, user },
      clock,
      timing,
      random,
      closing,
      ...(lost && { lost }),
      keyPair: () => (ssh.key === undefined ? keyPair : readOwnersKey(this.#id, ssh.key)),
      knownTypes: () => knownHosts.typesOf(address, ssh.port),
      judge: (key) => {
        const verdict = knownHosts.judge(address, ssh.port, key)
        this.#shown = { key: Buffer.from(key), verdict }
        return verdict
      },
    })
  }
}

function readOwnersKey(hostId: string, file: string): KeyPair {
  try {
    return readKeyPair(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ControlError('HOST_AUTH_FAILED', `hosts.${hostId}.ssh.key: ${why}`, {
      hint: 'name a private key without a passphrase that the controller may read',
      cause: error,
    })
  }
}
