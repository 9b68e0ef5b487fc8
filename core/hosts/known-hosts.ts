import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'

/** How a key that a host shows stands to what was trusted. Fingerprints as `SHA256:…`. */
export type KeyVerdict =
  | { is: 'known'; offered: string }
  | { is: 'unknown'; offered: string }
  | { is: 'changed'; offered: string; known: string }

/** The trusted host keys, in a file of OpenSSH's known_hosts format that may also be edited by hand. */
export class KnownHosts {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** Judges a key in SSH wire form. A type never seen from a known host counts as changed. */
  judge(address: string, port: number, key: Buffer): KeyVerdict {
    const offered = fingerprint(key)
    const entries = this.#entries(nameOf(address, port))
    const isRevoked = entries.some((entry) => entry.isRevoked && entry.key.equals(key))
    const trusted = entries.filter((entry) => !entry.isRevoked)
    if (!isRevoked && trusted.some((entry) => entry.key.equals(key)))
      return { is: 'known', offered }
    if (trusted.length === 0 && !isRevoked) return { is: 'unknown', offered }
    const known = trusted.map((entry) => fingerprint(entry.key)).join(', ')
    return { is: 'changed', offered, known: isRevoked ? `revoked: ${offered}` : known }
  }

  /** Types of the keys trusted for a host: to be asked for first, as OpenSSH does. */
  typesOf(address: string, port: number): string[] {
    const entries = this.#entries(nameOf(address, port))
    return [...new Set(entries.map((entry) => typeOf(entry.key)))]
  }

  /** Trusts this key for the host, in place of all others of the same name. */
  trust(address: string, port: number, key: Buffer): void {
    const name = nameOf(address, port)
    const kept = this.#lines().flatMap((line) => withoutName(line, name) ?? [])
    const line = `${name} ${typeOf(key)} ${key.toString('base64')}`
    writeFileAtomicSync(this.#file, `${[...kept, line].join('\n')}\n`, 0o644)
  }

  #entries(name: string): Entry[] {
    return this.#lines().flatMap((line) => {
      const entry = parseLine(line)
      return entry && matches(entry.names, name) ? [entry] : []
    })
  }

  #lines(): string[] {
    try {
      return readFileSync(this.#file, 'utf8').split(/\r?\n/).filter(Boolean)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
}

/** Where the trusted host keys of a data folder are. */
export function knownHostsFile(dataDir: string): string {
  return join(dataDir, 'ssh', 'known_hosts')
}

/** OpenSSH's way of naming a key: SHA256, base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

interface Entry {
  names: string
  key: Buffer
  isRevoked: boolean
}

function nameOf(address: string, port: number): string {
  return port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`
}

function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
}

/** Comments and @cert-authority lines (we verify plain keys only) are no entries. */
function parseLine(line: string): Entry | undefined {
  const match = /^\s*(@revoked\s+)?([^\s#@]\S*)\s+(\S+)\s+([A-Za-z0-9+/=]+)/.exec(line)
  const [, revoked, names = '', type, base64 = ''] = match ?? []
  const key = Buffer.from(base64, 'base64')
  if (key.length < 8 || typeOf(key) !== type) return undefined
  return { names, key, isRevoked: revoked !== undefined }
}

function matches(names: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(names)
  if (!hashed) return names.toLowerCase().split(',').includes(name)
  const [, salt = '', hash] = hashed
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

/** The line without this name; undefined if no name is left. */
function withoutName(line: string, name: string): string | undefined {
  const entry = parseLine(line)
  if (!entry || entry.isRevoked || !matches(entry.names, name)) return line
  const left = entry.names.split(',').filter((other) => other.toLowerCase() !== name)
  return left.length === 0 || entry.names.startsWith('|')
    ? undefined
    : line.replace(entry.names, () => left.join(','))
}
