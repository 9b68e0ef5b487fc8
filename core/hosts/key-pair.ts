import { chmodSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import ssh2, { type ParsedKey } from 'ssh2'
import { writeFileAtomicSync } from '../store/write-file-atomic-sync.ts'

export interface KeyPair {
  /** OpenSSH private key, for ssh2. */
  privateKey: string
  /** The line for authorized_keys, with a comment saying whose key it is. */
  publicKey: string
}

/** The controller's own key: made at the first start, kept in `<data>/ssh/id_ed25519` (mode 0600). */
export function keepKeyPair(dataDir: string): KeyPair {
  const file = join(dataDir, 'ssh', 'id_ed25519')
  const privateKey = readIfThere(file) ?? makeKey(file)
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
  const publicKey = publicLine(privateKey, file)
  const publicFile = `${file}.pub`
  if (readIfThere(publicFile) !== `${publicKey}\n`)
    writeFileAtomicSync(publicFile, `${publicKey}\n`, 0o644)
  return { privateKey, publicKey }
}

/** A private key of the owner's, named in the topology. Throws an Error saying what is wrong with it. */
export function readKeyPair(file: string): KeyPair {
  const privateKey = readFileSync(file, 'utf8')
  return { privateKey, publicKey: publicLine(privateKey, file) }
}

/** A new ed25519 key in OpenSSH form. */
export function makeKeyPair(comment: string): { private: string; public: string } {
  // ssh2 strips leading zeros off the public half, so that 1 key in 256 cannot be read (1.17.0)
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    if (!(ssh2.utils.parseKey(made.private) instanceof Error)) return made
  }
}

function makeKey(file: string): string {
  const name = hostname().replaceAll(/[^\w.-]/g, '') || 'controller'
  const made = makeKeyPair(`spark-control@${name}`)
  writeFileAtomicSync(file, made.private)
  return made.private
}

function publicLine(privateKey: string, file: string): string {
  const parsed: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(privateKey)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (!key || key instanceof Error)
    throw new Error(`${file} is no private key that can be used: ${key?.message ?? 'it is empty'}`)
  const comment = key.comment || 'spark-control'
  return `${key.type} ${key.getPublicSSH().toString('base64')} ${comment}`
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
