import type { FaultBox } from '../faults.ts'

/** Writes that still go through, so that what stalls is in the middle of its work. */
const WRITES_BEFORE = 10

export interface Stall {
  /** Waits as long as no more is written; to be asked before each write. */
  pass(): Promise<void>
  /** Stops listening to the faults. */
  close(): void
}

/** `qdrant: stalls`: a few more writes go through, then writers wait until the faults are set anew. */
export function createStall(faults: FaultBox): Stall {
  let left = WRITES_BEFORE
  let turn = Promise.withResolvers<void>()
  const close = faults.watch(() => {
    left = WRITES_BEFORE
    turn.resolve()
    turn = Promise.withResolvers()
  })
  return {
    async pass() {
      while (faults.current().qdrant === 'stalls' && left-- <= 0) await turn.promise
    },
    close,
  }
}
