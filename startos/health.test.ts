import { createServer, type RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createCleanup, listen } from '../core/upstream/testing/rig.ts'
import { lookAtController, lookAtTopology } from './health.ts'

const open = createCleanup()
afterEach(open.run)

const serve = async (handle: RequestListener): Promise<string> =>
  open.add(await listen(createServer(handle))).origin

const healthz = (topology: string, simulated = false) =>
  serve((req, res) => {
    res.writeHead(req.url === '/healthz' ? 200 : 404)
    res.end(JSON.stringify({ status: 'ok', version: '1.0.0', topology, simulated }))
  })

describe('the dashboard', () => {
  it('is well when /healthz says so', async () => {
    expect(await lookAtController(await healthz('none'))).toMatchObject({ result: 'success' })
  })

  it.each([
    ['answers 500', (_req, res) => void res.writeHead(500).end('{}')],
    ['answers no JSON', (_req, res) => void res.end('<html>')],
    ['hangs up', (req) => void req.socket.destroy()],
    ['never answers', () => {}],
  ] satisfies [string, RequestListener][])('is not well when it %s', async (_, handle) => {
    expect(await lookAtController(await serve(handle), 50)).toMatchObject({ result: 'failure' })
  })

  it('is not well when nothing listens', async () => {
    const { origin, close } = await listen(createServer())
    await close()
    expect(await lookAtController(origin)).toMatchObject({ result: 'failure' })
  })
})

describe('the cluster', () => {
  it.each([
    ['current', false, 'success'],
    ['current', true, 'disabled'],
    ['last_good', false, 'failure'],
    ['none', false, 'failure'],
  ])('with a topology that is %s (simulated: %s) is %s', async (topology, simulated, result) => {
    expect(await lookAtTopology(await healthz(topology, simulated))).toMatchObject({ result })
  })

  it('is waited for while the dashboard does not answer', async () => {
    const address = await serve((_req, res) => void res.writeHead(503).end())
    expect(await lookAtTopology(address)).toMatchObject({ result: 'waiting' })
  })
})
