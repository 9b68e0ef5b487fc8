import { hostname } from 'node:os'
import Fastify from 'fastify'
import type { Api, ForwardRoute } from '../../core/api.ts'
import { ControlError } from '../../core/errors.ts'
import { mountApi } from '../../core/http/mount.ts'
import { createHttpServer, requestIdOf } from '../../core/http/server.ts'
import { createMeters } from '../../core/metrics/meters.ts'
import { createGuard } from '../../core/security/guard.ts'
import { pickModelRoute } from '../../core/upstream/front-door.ts'
import { peekModel } from '../../core/upstream/peek-model.ts'
import { createUpstream } from '../../core/upstream/pool-upstream.ts'
import { writeError } from '../../core/upstream/write-error.ts'

/** The controller's way of a request, less topology and plugins: server, guard, mount, forward. */
const upstream = createUpstream({ origin: process.argv[2] ?? '', requestTimeoutMs: null })
const guard = createGuard(
  { hosts: [], trusted_origins: [], trusted_proxies: [] },
  { hostname: hostname() },
)
const route = {
  summary: 'Hands a request through.',
  effect: 'use',
  forward: 'main',
  max_bytes: 64 * 1024 ** 2,
} satisfies ForwardRoute
const api = { 'POST /v1/chat/completions': route } satisfies Api
// The same with a path of the bench's own, for the clients that leave.
const service = { ...api, 'POST /bench/:phase/:id': route } satisfies Api
const once = async (_request: unknown, work: () => Promise<never>) => work()

const app = Fastify({ logger: false })
mountApi(
  app,
  {
    prefix: '/api/llm',
    tag: 'llm',
    api: service,
    handlers: {},
    forward(_route, { raw: req }, { raw: res }) {
      const path = req.url?.slice('/api/llm'.length) ?? '/'
      void upstream.forward(req, res, {
        path,
        maxBytes: route.max_bytes,
        answerHeaders: { 'x-request-id': requestIdOf(req) },
      })
    },
  },
  { once },
)
mountApi(
  app,
  {
    prefix: '',
    tag: 'v1',
    api,
    handlers: {},
    forward: (_route, request, reply) => void byModel(request.raw, reply.raw),
  },
  { once },
)
await app.ready()

const server = createHttpServer({
  guard: () => guard,
  headers: {},
  handle: (req, res) => app.routing(req, res),
  count: createMeters().request,
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(address.port)
})

type Raw = Parameters<typeof upstream.forward>

async function byModel(req: Raw[0], res: Raw[1]): Promise<void> {
  const answerHeaders = { 'x-request-id': requestIdOf(req) }
  try {
    const peeked = await peekModel(req, res, { candidates: 1 })
    if (!peeked) return
    const path = req.url ?? '/'
    const { inFlight, isDraining } = upstream
    const llm = { id: 'llm', isDefault: true, models: ['m'], aliases: [], inFlight, isDraining }
    const chosen = pickModelRoute({ model: peeked.model, path, candidates: [llm] })
    if (chosen instanceof ControlError) throw chosen
    const body = peeked.body && { body: peeked.body }
    await upstream.forward(req, res, { path, maxBytes: route.max_bytes, answerHeaders, ...body })
  } catch (error) {
    writeError(req, res, error, answerHeaders)
  }
}
