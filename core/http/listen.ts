import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ControlError } from '../errors.ts'

/**
 * Resolves with the URL to open; 0.0.0.0 is shown as 127.0.0.1. Throws LISTEN_FAILED, in the words
 * of somebody who has just started a second program on the same port.
 */
export function listenOn(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => reject(explain(error, host, port))
    server.once('error', refuse)
    server.listen({ host, port }, () => {
      server.off('error', refuse)
      const { address, port: actual } = server.address() as AddressInfo
      const shown = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address
      resolve(`http://${shown.includes(':') ? `[${shown}]` : shown}:${actual}`)
    })
  })
}

function explain(cause: NodeJS.ErrnoException, host: string, port: number): ControlError {
  const [message, hint] = sentences(cause, host, port)
  return new ControlError('LISTEN_FAILED', message, { hint, cause })
}

function sentences(
  { code, message }: NodeJS.ErrnoException,
  host: string,
  port: number,
): [message: string, hint: string] {
  switch (code) {
    case 'EADDRINUSE':
      return [
        `port ${port} of ${host} is taken by another program`,
        'stop that one, or choose another with --port PORT or listen.port in topology.yaml',
      ]
    case 'EACCES':
      return [
        `port ${port} may not be used by this user`,
        'choose one from 1024 on with --port PORT',
      ]
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return [
        `this machine has no address ${host}`,
        'set --host or listen.host to one it has, or to 0.0.0.0 for all of them',
      ]
    default:
      return [`cannot listen on ${host}:${port}: ${message}`, 'see --host and --port']
  }
}
