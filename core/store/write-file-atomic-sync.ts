import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ControlError } from '../errors.ts'

/**
 * Like writeFileAtomic, for callers whose write must be on the disk when they return; makes the
 * folder too. Throws STORE_UNUSABLE, and then leaves nothing behind.
 */
export function writeFileAtomicSync(path: string, text: string): void {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    mkdirSync(folder, { recursive: true })
    withFile(temporary, 'wx', (handle) => {
      writeFileSync(handle, text)
      fsyncSync(handle)
    })
    renameSync(temporary, path)
    // The new name is an entry of the folder, which has to reach the disk as well.
    withFile(folder, 'r', fsyncSync)
  } catch (cause) {
    remove(temporary)
    throw new ControlError('STORE_UNUSABLE', `${path} cannot be written`, {
      hint: 'check the space on that disk and who may write to the folder',
      cause,
    })
  }
}

function withFile(path: string, flags: string, use: (handle: number) => void): void {
  const handle = openSync(path, flags, 0o600)
  try {
    use(handle)
  } finally {
    closeSync(handle)
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // What kept the file from being written keeps it from being there.
  }
}
