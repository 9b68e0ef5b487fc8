import type { IncomingMessage, ServerResponse } from 'node:http'
import { principalOf } from '../access/principal.ts'
import type { ControlError } from '../errors.ts'
import type { ForwardOptions } from '../upstream/upstream.ts'
import { writeError } from '../upstream/write-error.ts'
import type { Gate, Place } from './gate.ts'

/**
 * Sends a request once the gate lets it in. Until then nothing of its body is read, and a caller who
 * leaves gives its place up. Resolves when the answer has ended, in whatever way.
 */
export function passGate(
  gate: Gate,
  req: IncomingMessage,
  res: ServerResponse,
  options: ForwardOptions,
  send: () => Promise<void>,
): Promise<void> {
  return new Promise((resolve) => {
    let place: Place | undefined
    const over = (): void => {
      res.off('close', over)
      place?.leave()
      resolve()
    }
    if (res.destroyed) return resolve()
    res.on('close', over)
    const answer = {
      admit() {
        res.off('close', over)
        void send().then(over)
      },
      refuse(error: ControlError) {
        writeError(req, res, error, options.answerHeaders)
        over()
      },
    }
    place = gate.enter(clientOf(req), answer, options.body?.byteLength)
  })
}

/** Whom a request counts for: the token it came with, else the address it comes from. */
export const clientOf = (req: IncomingMessage): string =>
  principalOf(req)?.name ?? req.socket.remoteAddress ?? ''
