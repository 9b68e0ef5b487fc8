import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { ControlError } from '../errors.ts'
import { awaitingContinue } from './awaiting-continue.ts'
import { writeError } from './write-error.ts'

export type HandleRequest = (req: IncomingMessage, res: ServerResponse) => void

/**
 * Gives every request to `handle`, those with `Expect: 100-continue` too: they get their 100 from
 * `sendContinue` once somebody wants the body, so that a refused upload is never sent.
 */
export function serveRequests(server: Server, handle: HandleRequest): void {
  server.on('request', handle)
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    awaitingContinue.add(req)
    handle(req, res)
  })
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) => {
    writeError(
      req,
      res,
      new ControlError('EXPECTATION_FAILED', `Expect is "${req.headers.expect}".`, {
        hint: 'Only 100-continue is understood.',
      }),
    )
  })
}

/** Tells a client that waits with its body to send it. To be called before reading; once is enough. */
export function sendContinue(req: IncomingMessage, res: ServerResponse): void {
  if (req.headers.expect !== undefined && awaitingContinue.delete(req)) res.writeContinue()
}
