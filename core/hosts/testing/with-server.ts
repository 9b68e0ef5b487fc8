import { onTestFinished } from 'vitest'
import type { Connection } from '../connection.ts'
import { connectTo } from './connect.ts'
import { startTestServer, type TestServerOptions } from './ssh-server.ts'

/** An SSH server of its own for one test, and a connection to it. */
export async function withServer(
  options: TestServerOptions = {},
  connectOptions: Parameters<typeof connectTo>[1] = {},
) {
  const server = await startTestServer(options)
  onTestFinished(server.close)
  return { server, ...withConnection(server.port, connectOptions) }
}

/** A connection for one test. */
export function withConnection(port: number, options: Parameters<typeof connectTo>[1] = {}) {
  const made = connectTo(port, options)
  onTestFinished(made.close)
  return made
}

/** Starts a command that prints `ready` when it runs, and waits for that. */
export async function startLong(
  connection: Connection,
  command: Parameters<Connection['exec']>[0],
  options: Parameters<Connection['exec']>[1] = {},
) {
  const ready = Promise.withResolvers<string>()
  const done = connection.exec(command, {
    timeoutMs: null,
    ...options,
    onLine: (line) => ready.resolve(line),
  })
  done.catch(ready.reject)
  return { line: await ready.promise, done }
}
