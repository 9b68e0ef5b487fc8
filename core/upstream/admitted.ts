import type { Gate, Place } from '../admission/gate.ts'
import type { ControlError } from '../errors.ts'
import type { Admission, Admitted } from './upstream.ts'
import { draining } from './upstream-error.ts'

/** What is under way at an upstream and can be ended with its service. */
export interface Underway {
  cut(): void
}

/**
 * Waits until the gate lets a caller in. `begin` and `end` are told of what is under way, for the
 * counts. Throws QUEUE_FULL | WAITED_TOO_LONG | DRAINING, or the signal's reason.
 */
export async function admit(
  gate: Gate | null,
  { caller, signal, sizeBytes = 0 }: Admission,
  { begin, end }: { begin(it: Underway): void; end(it: Underway): void },
): Promise<Admitted> {
  signal.throwIfAborted()
  const place = gate ? await enter(gate, caller.token ?? caller.address, signal, sizeBytes) : OPEN
  const cut = new AbortController()
  const underway = { cut: () => cut.abort(draining()) }
  begin(underway)
  return {
    signal: AbortSignal.any([signal, cut.signal]),
    leave() {
      place.leave()
      end(underway)
    },
  }
}

function enter(gate: Gate, client: string, signal: AbortSignal, sizeBytes: number): Promise<Place> {
  return new Promise((resolve, reject) => {
    const left = (): void => {
      place.leave()
      reject(signal.reason)
    }
    const answer = {
      admit() {
        signal.removeEventListener('abort', left)
        // The gate may let one in before it has given the place.
        queueMicrotask(() => resolve(place))
      },
      refuse(error: ControlError) {
        signal.removeEventListener('abort', left)
        reject(error)
      },
    }
    signal.addEventListener('abort', left, { once: true })
    const place: Place = gate.enter(client, answer, sizeBytes)
  })
}

const OPEN: Place = { leave() {} }
