import { ControlError } from '#core'

/** Lets one request of a session work at a time, since each numbers on from where the last ended. */
export interface Turns {
  /** Throws SESSION_BUSY where too many wait. */
  take<T>(handle: string, work: () => Promise<T>): Promise<T>
}

const MOST_WAITING = 64

export function createTurns(): Turns {
  const lines = new Map<string, { last: Promise<unknown>; waiting: number }>()
  return {
    async take(handle, work) {
      const line = lines.get(handle) ?? { last: Promise.resolve(), waiting: 0 }
      if (line.waiting >= MOST_WAITING) throw busy()
      lines.set(handle, line)
      line.waiting++
      const turn = line.last.then(work)
      // whatever came of it, the next one has its turn
      line.last = turn.catch(() => {})
      try {
        return await turn
      } finally {
        line.waiting--
        if (line.waiting === 0) lines.delete(handle)
      }
    },
  }
}

const busy = (): ControlError =>
  new ControlError('SESSION_BUSY', `${MOST_WAITING} requests of this session wait already.`, {
    status: 429,
    retryAfterS: 1,
  })
