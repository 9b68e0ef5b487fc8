import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { ControlError } from '../errors.ts'
import { awaitingContinue } from './awaiting-continue.ts'
import { writeError } from './write-error.ts'

/**
 * Gives every request to `handle`, those with `Expect: 100-continue` too: they get their 100 from
 * `sendContinue` once somebody wants the body, so that a refused upload is never sent.
 */
export function serveRequests<Res extends typeof ServerResponse>(
  server: Server<typeof IncomingMessage, Res>,
  handle: (req: IncomingMessage, res: InstanceType<Res>) => void,
): void {
  server.on('request', handle)
  server.on('checkContinue', (req: IncomingMessage, res: InstanceType<Res>) => {
    awaitingContinue.add(req)
    handle(req, res)
  })
  server.on('checkExpectation', (req: IncomingMessage, res: InstanceType<Res>) => {
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
