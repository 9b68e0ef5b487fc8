import { createServer, type ServerResponse } from 'node:http'
import type { ServerImage } from '../images.ts'
import { closeServer, listen } from '../ports.ts'

/** A small page for the household, as an example of a container that needs no GPU. */
export const noticeBoard: ServerImage = {
  loadMs: 2_000,
  memoryBytes: 180 * 1024 ** 2,
  hasHealthcheck: true,
  async serve({ port, log }) {
    const server = createServer((request, response) => {
      const path = request.url?.split('?')[0] ?? '/'
      const status = path === '/health' || path === '/' ? 200 : 404
      log(`${request.method} ${path} ${status}`)
      if (path === '/health') send(response, status, { status: 'ok' })
      else send(response, status, status === 200 ? { notes: [] } : { error: 'no such page' })
    })
    if (!(await listen(server, port))) throw new Error(`port ${port} is in use`)
    log(`listening on port ${port}`)
    return {
      close() {
        server.closeAllConnections()
        return closeServer(server)
      },
    }
  },
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-spark-control-simulated': 'true',
  })
  response.end(`${JSON.stringify(value)}\n`)
}
