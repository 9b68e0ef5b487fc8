/** Why something is not let out or put back; none of them ever quotes what was given. */
export const REASONS = {
  BINARY_REFUSED: [422, 'It holds a picture, sound or file, which nobody can look into.'],
  TOO_DEEP: [422, 'It is nested too deeply.'],
  TOO_MANY_PARTS: [422, 'It has too many parts.'],
  NUMBER_UNSAFE: [422, 'It holds a number that JSON readers round; write it as a text.'],
  INPUT_INVALID: [400, 'It is neither what a message nor what JSON can be.'],
  VALUE_LEFT: [422, 'A value that was masked would still stand in it.'],
  NOT_SETTLED: [422, 'Something more is found each time it is looked at.'],
  NOT_RESTORABLE: [422, 'It could not be restored to what it was.'],
  SESSION_FULL: [422, 'The session would hold more than 50,000 values.'],
  SCRUB_TIMEOUT: [503, 'It took longer than the deadline of this service.'],
  SCRUB_FAILED: [503, 'It could not be looked at to its end.'],
  SCRUB_BUSY: [503, 'Too many texts wait to be looked at.'],
  DETECTOR_FAILED: [503, 'A part of the detection that is required did not answer.'],
  RESTORED_TOO_LARGE: [413, 'More than 33,554,432 characters would be restored.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type RefusalCode = keyof typeof REASONS

/**
 * A refusal where the core is not at hand: the threads that look at texts load nothing but what they
 * need. It is nothing but its code, and becomes an error of the API in the controller's own thread.
 */
export class Refused extends Error {
  readonly code: RefusalCode
  constructor(code: RefusalCode) {
    super(code)
    this.code = code
  }
}
