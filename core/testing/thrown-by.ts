import { ControlError } from '../errors.ts'

/** The ControlError an act throws; throws what else it throws, and where it throws nothing. */
export function thrownBy(act: () => unknown): ControlError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof ControlError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}
