/** How far a restore has come; kept, so that a killed controller does not begin to count anew. */
export interface RestoreState {
  /** Loads begun since it last served steadily. */
  tries: number
  /** Looks in a row that found it lost. */
  looks: number
  /** The load under way. */
  job: string | null
  hasGivenUp: boolean
}

/** What a look found. */
export type Finding =
  /** It serves, for so long. */
  | { is: 'served'; forMs: number }
  /** Our container, or the engine in it, is gone without our doing. */
  | { is: 'lost' }
  /** A load that was begun here has ended without success. */
  | { is: 'failed' }
  /** The owner acts: a job that was not begun here, or a cancelled one. */
  | { is: 'taken over' }
  /** A machine cannot be asked, or the load is under way: nothing can be concluded. */
  | { is: 'unclear' }
  /** Nothing of ours was there to be lost. */
  | { is: 'nothing' }

export const NOTHING_LOST: RestoreState = { tries: 0, looks: 0, job: null, hasGivenUp: false }
export const MOST_TRIES = 2
/** An engine that dies sooner after a restore has not been restored. */
export const STEADY_MS = 600_000
/** One look may fall into a restart by hand. */
const LOOKS = 2

/** Decides whether a lost engine is loaded again. After two tries it is left to the owner. */
export function nextRestore(
  state: RestoreState,
  finding: Finding,
): { state: RestoreState; act: 'wait' | 'load' | 'give up' } {
  const wait = (change: Partial<RestoreState> = {}) =>
    ({ state: { ...state, ...change }, act: 'wait' }) as const
  switch (finding.is) {
    case 'served':
      return finding.forMs >= STEADY_MS ? wait(NOTHING_LOST) : wait({ looks: 0, job: null })
    case 'taken over':
    case 'nothing':
      return wait(NOTHING_LOST)
    case 'unclear':
      return wait({ looks: 0 })
    case 'lost':
      if (state.hasGivenUp) return wait()
      if (state.looks + 1 < LOOKS) return wait({ looks: state.looks + 1, job: null })
      break
    case 'failed':
      if (state.hasGivenUp) return wait()
  }
  if (state.tries >= MOST_TRIES) {
    return { state: { ...state, looks: 0, job: null, hasGivenUp: true }, act: 'give up' }
  }
  return { state: { ...state, looks: 0, job: null, tries: state.tries + 1 }, act: 'load' }
}
