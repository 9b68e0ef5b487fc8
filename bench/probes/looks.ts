export interface Look {
  subject: string
  atMs: number
  pauseMs: number | null
}

/** When each subject was looked at, as its own side sees it. */
export interface Looks {
  /** A look has come in. */
  seen(subject: string): void
  /** Forgets what came before, so that a phase is counted from its own beginning. */
  reset(): void
  /** Looks since the last reset: when, in ms of it, and how long after the one before (null: the first). */
  all(): Look[]
}

export function createLooks(): Looks {
  const last = new Map<string, number>()
  let all: Look[] = []
  let resetMs = performance.now()
  return {
    seen(subject) {
      const now = performance.now()
      const before = last.get(subject)
      last.set(subject, now)
      all.push({
        subject,
        atMs: now - resetMs,
        pauseMs: before === undefined ? null : now - before,
      })
    },
    reset() {
      all = []
      resetMs = performance.now()
    },
    all: () => all,
  }
}
