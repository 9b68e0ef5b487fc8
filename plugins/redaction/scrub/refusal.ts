import { ControlError } from '#core'

/** Why something is not let out; none of them ever quotes what was given. */
const REASONS = {
  BINARY_REFUSED: [422, 'It holds a picture, sound or file, which nobody can look into.'],
  TOO_DEEP: [422, 'It is nested too deeply.'],
  TOO_MANY_PARTS: [422, 'It has too many parts.'],
  NUMBER_UNSAFE: [422, 'It holds a number that JSON readers round; write it as a text.'],
  INPUT_INVALID: [400, 'It is neither what a message nor what JSON can be.'],
  VALUE_LEFT: [422, 'A value that was masked would still stand in it.'],
  NOT_SETTLED: [422, 'Something more is found each time it is looked at.'],
  NOT_RESTORABLE: [422, 'It could not be restored to what it was.'],
  SCRUB_TIMEOUT: [503, 'It took longer than the deadline of this service.'],
  SCRUB_FAILED: [503, 'It could not be looked at to its end.'],
  DETECTOR_FAILED: [503, 'A part of the detection that is required did not answer.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type RefusalCode = keyof typeof REASONS

/** A refusal with a fixed sentence; `pointer` names a place of a structure by its numbers alone. */
export function refuse(code: RefusalCode): ControlError {
  const [status, message] = REASONS[code]
  return new ControlError(code, `${message} Nothing was let out.`, {
    status,
    ...(status === 503 && { retryAfterS: 5 }),
  })
}

/** Whatever was thrown, as something that can be told without telling what was given. */
export function asRefusal(thrown: unknown): ControlError {
  return thrown instanceof ControlError ? thrown : refuse('SCRUB_FAILED')
}

/** Where a fault lies, for the log: the places in our code, without its message. */
export function placesOf(thrown: unknown): { fault: string; places: string[] } {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  const places = stack.split('\n').filter((line) => /^ {4}at [^\n]{1,300}$/.test(line))
  return { fault: thrown instanceof Error ? thrown.constructor.name : typeof thrown, places }
}
