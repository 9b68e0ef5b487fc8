import { readFileSync, statSync } from 'node:fs'
import { ControlError } from '../errors.ts'

/** More than any key or token; a device or a log is not one. */
const MAX_SECRET_BYTES = 64 * 1024

/** The text of a file that a placeholder names. Throws for what is no small plain file. */
export function readSecretFile(path: string): string {
  const file = statSync(path)
  // a device has no size and no end
  if (!file.isFile())
    throw new ControlError('FILE_UNFIT', `${path} is not a plain file`, { status: 422 })
  if (file.size > MAX_SECRET_BYTES)
    throw new ControlError('FILE_UNFIT', `${path} is larger than 64 KiB`, { status: 422 })
  return readFileSync(path, 'utf8')
}
