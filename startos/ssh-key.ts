import { readFile, rm } from 'node:fs/promises'
import { sdk } from './sdk.ts'

// The controller makes the pair at its start, and again where there is none. It is never made here.
const path = (name: string): string => sdk.volumes.main.subpath(`ssh/${name}`)
const PUBLIC = 'id_ed25519.pub'
const PRIVATE = 'id_ed25519'

/** The line for authorized_keys; undefined before the first start, and after the key was removed. */
export async function readPublicKey(): Promise<string | undefined> {
  try {
    return (await readFile(path(PUBLIC), 'utf8')).trim() || undefined
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/** Removes both halves; known hosts stay, since the machines are the same. */
export async function removeKeyPair(): Promise<void> {
  await rm(path(PUBLIC), { force: true })
  await rm(path(PRIVATE), { force: true })
}
