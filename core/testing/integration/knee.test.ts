import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { measureKnee } from '../../knee/knee-command.ts'
import { startTestCluster, type TestCluster, until } from '../test-cluster.ts'

/** Room of the stand-in: beyond it, it refuses. */
const ROOM = 3

const server = createServer((req, res) => void answer(req, res))
const seen = { now: 0, most: 0, bodies: [] as string[], isHanging: false }
let cluster: TestCluster

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  cluster = await startTestCluster({
    topology: (yaml) => `${yaml}  desk:
    kind: openai
    url: http://127.0.0.1:${port}
`,
  })
  await until(async () => {
    const { body } = await cluster.ask<{ state: string }>('/api/services/desk')
    return body.state === 'up'
  }, 'the server up')
})
afterAll(async () => {
  await cluster?.close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  Object.assign(seen, { now: 0, most: 0, bodies: [], isHanging: false })
})

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const say = (status: number, value: unknown) => {
    res.writeHead(status, { 'content-type': 'application/json' })
    res.end(JSON.stringify(value))
  }
  if (req.url === '/v1/models') return say(200, { data: [{ id: 'small' }] })
  if (req.url !== '/v1/chat/completions') return say(404, {})
  seen.now += 1
  seen.most = Math.max(seen.most, seen.now)
  res.once('close', () => {
    seen.now -= 1
  })
  let body = ''
  for await (const part of req) body += part
  seen.bodies.push(body)
  if (seen.isHanging) return
  if (seen.now > ROOM) return say(429, { error: { message: 'no room' } })
  await wait(20)
  say(200, { choices: [{ message: { content: 'Once.' } }] })
}

const knee = async (signal = new AbortController().signal, service = 'desk') => {
  let printed = ''
  const print = (text: string) => {
    printed += text
  }
  await measureKnee(service, { url: cluster.url, most: 8 }, print, signal)
  return printed
}

it('measures straight at the server, level by level, and prints the line for topology.yaml', async () => {
  const printed = await knee()
  const [, line] =
    /under services\.desk in topology\.yaml:\n {4}concurrency: (\d)\n/.exec(printed) ?? []
  expect(Number(line)).toBeLessThanOrEqual(ROOM)
  expect(printed).toMatch(/at once +a second +each took, s\n +1 +[\d.]+ +[\d.]+\n/)
  expect(seen.most).toBe(ROOM + 1)
  expect(new Set(seen.bodies).size).toBe(seen.bodies.length)
})

it('is cancelled by who started it, and sends no more', async () => {
  seen.isHanging = true
  const leaving = new AbortController()
  const measured = knee(leaving.signal)
  await until(() => seen.now === 1, 'that many under way')
  leaving.abort()
  await expect(measured).rejects.toMatchObject({ code: 'JOB_CANCELLED' })
  await until(() => seen.now === 0, 'that many under way')
})

it('says why it cannot: in use, of a kind that names no request, not there', async () => {
  seen.isHanging = true
  const using = new AbortController()
  const used = cluster
    .ask('/v1/chat/completions', { method: 'POST', body: { model: 'small' }, signal: using.signal })
    .catch(() => 'left')
  await until(() => seen.now === 1, 'that many under way')
  await expect(knee()).rejects.toMatchObject({ code: 'KNEE_DISTURBED' })
  using.abort()
  expect(await used).toBe('left')
  await expect(knee(undefined, 'nobody')).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' })
})

it('waits for who has reserved the service', async () => {
  const lease = { owner: 'crm', ttl_s: 60, resource: 'desk' }
  const { body } = await cluster.post<{ token: string }>('/api/coordination/lock', lease)
  await expect(knee()).rejects.toMatchObject({ code: 'LEASE_HELD' })
  await cluster.ask('/api/coordination/lock', {
    method: 'DELETE',
    headers: { 'x-lock-token': body.token },
  })
})
