import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { asControlError } from '../errors.ts'
import { requestIdOf } from './server.ts'

/**
 * Writes a fault of our own (INTERNAL) to the log, under the id its caller was given. Where it was
 * thrown, not its message: that may quote what the caller sent.
 */
export function noteFault(log: FastifyBaseLogger, req: IncomingMessage, thrown: unknown): void {
  if (asControlError(thrown).code !== 'INTERNAL') return
  const { method, url = '' } = req
  const [path] = url.split('?')
  log.error({ request_id: requestIdOf(req), method, path, ...placesOf(thrown) }, 'request failed')
}

const MOST_PLACES = 12

function placesOf(thrown: unknown): { fault: string; code?: unknown; places: string[] } {
  if (!(thrown instanceof Error)) return { fault: typeof thrown, places: [] }
  const { stack = '', message, name, cause } = thrown
  // an error of ours around what was thrown
  if (cause instanceof Error && 'status' in thrown) return placesOf(cause)
  // the message stands first in the stack and may look like a place
  const after = stack.indexOf(message) + message.length
  const places = stack
    .slice(after)
    .split('\n')
    .filter((line) => /^ {4}at [^\n]{1,300}$/.test(line))
    .map((line) => line.trim())
    .slice(0, MOST_PLACES)
  return { fault: name, ...('code' in thrown && { code: thrown.code }), places }
}
