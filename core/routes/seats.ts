import type { ServerResponse } from 'node:http'
import { ControlError } from '../errors.ts'

/** Counts who reads what, so that streams which cost something stay few. */
export interface Seats {
  /** Takes a seat until the answer is closed. Throws OVERLOADED when all of them are taken. */
  take(place: string, res: ServerResponse): void
}

/** `most` readers at a time in each place; `what` names it in the refusal. */
export function createSeats(most: number, what: string): Seats {
  const taken = new Map<string, number>()
  return {
    take(place, res) {
      const before = taken.get(place) ?? 0
      if (before >= most)
        throw new ControlError(
          'OVERLOADED',
          `${before} readers follow ${what} of ${place} already`,
          {
            hint: 'close some tabs or programs that show it',
            retryAfterS: 30,
          },
        )
      taken.set(place, before + 1)
      res.once('close', () => {
        const left = (taken.get(place) ?? 1) - 1
        if (left > 0) taken.set(place, left)
        else taken.delete(place)
      })
    },
  }
}
