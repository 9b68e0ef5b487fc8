import { ControlError } from './errors.ts'

/** `next_cursor` of a list, newest first, whose page ends with this sequence number. */
export const cursorAt = (seq: number): string => seq.toString(36)

/** The sequence number before which a page begins. Throws VALIDATION for a cursor that is none. */
export function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER
  if (/^[0-9a-z]{1,10}$/.test(cursor)) return Number.parseInt(cursor, 36)
  const message = `is "${cursor.slice(0, 40)}", which no list has given out`
  throw new ControlError('VALIDATION', `cursor: ${message}`, {
    details: [{ path: 'cursor', message }],
  })
}
