import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Cluster } from './cluster.ts'
import { FAULTS } from './fault-list.ts'
import { parseFaults } from './faults.ts'
import { describeRepo } from './launch/hub.ts'

/** What the control API shows besides the faults. */
export interface ControlFacts {
  /** Tells one run of a sandbox from another. */
  instance: string
  topologyYaml: string
  hosts: readonly unknown[]
  speed: number
}

/** The control API: `GET /`, `GET /faults`, `PUT /faults/:host`, `DELETE /faults[/:host]`, and the hub's `GET /hub/api/models/…`. */
export function createControl(cluster: Pick<Cluster, 'hosts'>, facts: () => ControlFacts): Server {
  return createServer((request, response) => {
    answer(cluster, facts, request, response).catch((error: unknown) => {
      send(response, 500, { error: { code: 'INTERNAL', message: String(error) } })
    })
  })
}

async function answer(
  cluster: Pick<Cluster, 'hosts'>,
  facts: () => ControlFacts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Only under its own name: a page that rebinds a name of its own to 127.0.0.1 stays out. Foreign
  // pages cannot PUT or DELETE either, since no answer here allows another origin.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
    return refuse(response, 421, 'HOST_REFUSED', 'ask for 127.0.0.1')
  }
  const [, repo] =
    /^\/hub\/api\/models\/([^/]+\/[^/]+|[^/]+)\/revision\//.exec(request.url ?? '') ?? []
  if (request.method === 'GET' && repo !== undefined) {
    const { status, body } = describeRepo(decodeURIComponent(repo))
    return send(response, status, body)
  }
  const [area, hostId, ...more] = (request.url ?? '/').replace(/\?.*$/, '').split('/').slice(1)
  const route = `${request.method} /${area}${hostId === undefined ? '' : '/:host'}`
  const host = cluster.hosts.find((each) => each.id === hostId)
  if (more.length > 0) return refuse(response, 404, 'NOT_FOUND', 'no such path')
  if (hostId !== undefined && !host) {
    const known = cluster.hosts.map((each) => each.id).join(', ')
    return refuse(
      response,
      404,
      'HOST_UNKNOWN',
      `no host ${JSON.stringify(hostId)}; there are ${known}`,
    )
  }
  switch (route) {
    case 'GET /':
      return send(response, 200, { simulated: true, ...facts() })
    case 'GET /faults':
      return send(response, 200, { faults: current(cluster), available: FAULTS })
    case 'DELETE /faults':
      await Promise.all(cluster.hosts.map(({ faults }) => faults.set({})))
      return send(response, 200, { faults: current(cluster) })
    case 'DELETE /faults/:host':
      await host?.faults.set({})
      return send(response, 200, { faults: current(cluster) })
    case 'PUT /faults/:host': {
      const parsed = parseFaults(await readJson(request))
      if ('mistakes' in parsed) {
        return refuse(response, 400, 'VALIDATION', parsed.mistakes.join('; '))
      }
      await host?.faults.set(parsed.faults)
      return send(response, 200, { faults: current(cluster) })
    }
    default:
      return refuse(response, 404, 'NOT_FOUND', `no route ${route}`)
  }
}

function current(cluster: Pick<Cluster, 'hosts'>) {
  return Object.fromEntries(cluster.hosts.map((host) => [host.id, host.faults.current()]))
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk
    if (text.length > 64 * 1024) return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, { error: { code, message } })
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-spark-control-simulated': 'true',
    'cache-control': 'no-store',
  })
  response.end(`${JSON.stringify(value)}\n`)
}
