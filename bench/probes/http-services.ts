/** Model servers, a loopback port each; a process of its own, told what to do by run.ts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from '../../core/hosts/testing/listen.ts'
import { serveHosts } from './simulator.ts'

/** Servers a host. */
const SERVERS = 4

const { looks, hanging } = serveHosts((host) =>
  Promise.all(Array.from({ length: SERVERS }, (_, server) => startServer(host, server))),
)

const ANSWERS: Record<string, unknown> = {
  '/health': { status: 'ok' },
  '/v1/models': { object: 'list', data: [{ id: 'org/model', object: 'model', owned_by: 'org' }] },
  '/v1/audio/voices': { voices: ['af_heart', 'af_bella', 'am_adam'] },
}

async function startServer(host: number, server: number): Promise<number> {
  const http = createServer({ keepAliveTimeout: 60_000 }, (req, res) => {
    if (hanging.has(host)) return
    if (req.url === '/health') looks.seen(`service-${host}-${server}`)
    answer(req, res)
  })
  return (await listenOnLoopback(http)).port
}

function answer({ url = '' }: IncomingMessage, res: ServerResponse): void {
  const body = ANSWERS[url]
  res.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
  res.end(JSON.stringify(body ?? { detail: 'Not Found' }))
}
