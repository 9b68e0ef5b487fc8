import { ControlError } from '../errors.ts'

// https://sqlite.org/rescode.html; the low byte is the primary code.
const CORRUPT = 11
const FULL = 13
const NOT_A_DATABASE = 26

/** An error of SQLite or of the disk in the operator's words; a ControlError stays as it is. */
export function asStoreError(thrown: unknown, path: string): ControlError {
  if (thrown instanceof ControlError) return thrown
  const { errcode, message } = thrown as { errcode?: number; message?: string }
  const primary = errcode === undefined ? undefined : errcode & 0xff
  if (primary === CORRUPT || primary === NOT_A_DATABASE)
    return new ControlError('STORE_CORRUPT', `${path} is damaged: ${message}`, {
      hint: `move ${path} away (keep it) or put a backup in its place, then start again`,
      cause: thrown,
    })
  const hint =
    primary === FULL
      ? 'free some space on that disk'
      : 'check that the folder exists and that this user may write to it'
  return new ControlError('STORE_UNUSABLE', `${path} cannot be used: ${message ?? thrown}`, {
    hint,
    cause: thrown,
  })
}
