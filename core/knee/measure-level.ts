import { ControlError } from '../errors.ts'
import type { Clock } from '../plugin.ts'
import type { Level } from './find-knee.ts'

/** Sends the n-th request and resolves when its answer has ended; rejects if it failed. */
export type Ask = (n: number, signal: AbortSignal) => Promise<void>

/** Rounds of requests each of the callers makes: enough for a middle one that means something. */
const ROUNDS = 4

/**
 * Keeps so many requests under way until each caller has made its rounds. `firstN` numbers them, so
 * that no body is sent twice. The first that fails ends the others and is thrown.
 */
export async function measureLevel(
  ask: Ask,
  concurrency: number,
  firstN: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Level> {
  const failed = new AbortController()
  const until = AbortSignal.any([signal, failed.signal])
  const tookS: number[] = []
  const beganAt = clock.now()
  const call = async (caller: number): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      const sentAt = clock.now()
      await ask(firstN + caller * ROUNDS + round, until)
      tookS.push((clock.now() - sentAt) / 1000)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, (_, caller) => call(caller)))
  } catch (thrown) {
    failed.abort(thrown)
    throw thrown
  }
  const allS = (clock.now() - beganAt) / 1000
  const medianS = tookS.sort((a, b) => a - b)[Math.floor(tookS.length / 2)] ?? 0
  if (allS <= 0 || medianS <= 0)
    throw new ControlError('KNEE_NOT_MEASURED', 'the server answers too quickly to be measured')
  return { concurrency, perSecond: tookS.length / allS, medianS }
}

/** How many requests a level makes. */
export const requestsAt = (concurrency: number): number => concurrency * ROUNDS
