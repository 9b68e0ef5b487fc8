import { randomBytes } from 'node:crypto'
import { fsyncSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ControlError } from '../errors.ts'
import { withFile } from './with-file.ts'

/**
 * Like writeFileAtomic, for callers whose write must be on the disk when they return; makes the
 * folder too, for this user alone. Throws STORE_UNUSABLE, and then leaves nothing behind.
 */
export function writeFileAtomicSync(path: string, text: string, mode = 0o600): void {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const write = (fd: number) => {
      writeFileSync(fd, text)
      fsyncSync(fd)
    }
    withFile(temporary, 'wx', write, mode)
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

function remove(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // What kept the file from being written keeps it from being there.
  }
}
