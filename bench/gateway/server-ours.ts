import { createServer } from 'node:http'
import { hostname } from 'node:os'
import Fastify from 'fastify'
import { ControlError } from '../../core/errors.ts'
import { createGuard } from '../../core/security/guard.ts'
import { writeRefusal } from '../../core/security/refusal.ts'
import { serveRequests } from '../../core/upstream/continue.ts'
import { pickModelRoute } from '../../core/upstream/front-door.ts'
import { peekModel } from '../../core/upstream/peek-model.ts'
import { createUpstream } from '../../core/upstream/pool-upstream.ts'
import { writeError } from '../../core/upstream/write-error.ts'

/** The controller's way of a request: server, guard, Fastify's routing, hijack, forward. */
const origin = process.argv[2] ?? ''
const upstream = createUpstream({ origin, requestTimeoutMs: null })
const guard = createGuard(
  { hosts: [], trusted_origins: [], trusted_proxies: [] },
  { hostname: hostname() },
)
const app = Fastify({ logger: false })
app.removeAllContentTypeParsers()
app.addContentTypeParser('*', (_request, _payload, done) => done(null))

let count = 0
const maxBytes = 64 * 1024 * 1024

app.all('/api/llm/*', (request, reply) => {
  reply.hijack()
  const answerHeaders = { ...guard.headersFor(request.raw), 'x-request-id': `${++count}` }
  const path = request.raw.url?.slice('/api/llm'.length) ?? '/'
  void upstream.forward(request.raw, reply.raw, { path, maxBytes, answerHeaders })
})

app.post('/v1/chat/completions', async ({ raw: req }, reply) => {
  const res = reply.raw
  reply.hijack()
  const answerHeaders = { ...guard.headersFor(req), 'x-request-id': `${++count}` }
  try {
    const peeked = await peekModel(req, res, { candidates: 1 })
    if (!peeked) return
    const candidate = {
      id: 'llm',
      isDefault: true,
      models: ['m'],
      aliases: [],
      inFlight: upstream.inFlight,
      isDraining: upstream.isDraining,
    }
    const path = req.url ?? '/'
    const route = pickModelRoute({ model: peeked.model, path, candidates: [candidate] })
    if (route instanceof ControlError) throw route
    await upstream.forward(req, res, {
      path,
      maxBytes,
      answerHeaders,
      ...(peeked.body && { body: peeked.body }),
    })
  } catch (error) {
    writeError(req, res, error, answerHeaders)
  }
})

await app.ready()
const server = createServer()
server.requestTimeout = 0
serveRequests(server, (req, res) => {
  const refusal = guard.check(req)
  if (refusal) writeRefusal(req, res, refusal)
  else app.routing(req, res)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(address.port)
})
