import { ControlError } from '../errors.ts'

/** Counts who reads what, so that streams which cost something stay few. */
export interface Readers {
  /** Hands lines on; throws OVERLOADED when enough are read from this place already. */
  read<T>(place: string, lines: AsyncIterable<T>): AsyncIterable<T>
}

export function createReaders(most: number): Readers {
  const counts = new Map<string, number>()
  return {
    read(place, lines) {
      const before = counts.get(place) ?? 0
      if (before >= most)
        throw new ControlError('OVERLOADED', `${before} readers follow logs of ${place} already`, {
          hint: 'close some tabs or programs that show it',
          retryAfterS: 30,
        })
      return count(counts, place, lines)
    },
  }
}

async function* count<T>(
  counts: Map<string, number>,
  place: string,
  lines: AsyncIterable<T>,
): AsyncGenerator<T> {
  counts.set(place, (counts.get(place) ?? 0) + 1)
  try {
    yield* lines
  } finally {
    const left = (counts.get(place) ?? 1) - 1
    if (left > 0) counts.set(place, left)
    else counts.delete(place)
  }
}
