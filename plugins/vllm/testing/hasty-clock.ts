/** A clock whose sleepers wake at once, each moving time on: nothing in a test really waits. */
export function createHastyClock(startMs = Date.UTC(2026, 10, 24, 12)) {
  let nowMs = startMs
  return {
    now: () => nowMs,
    async sleep(ms: number, signal?: AbortSignal): Promise<void> {
      signal?.throwIfAborted()
      await new Promise((resolve) => setImmediate(resolve))
      nowMs += ms
      signal?.throwIfAborted()
    },
    advance(ms: number) {
      nowMs += ms
    },
  }
}
export type HastyClock = ReturnType<typeof createHastyClock>
