import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'

/** The well-kept library we are measured against, with its defaults. */
const app = Fastify({ logger: false })
await app.register(httpProxy, { upstream: process.argv[2] ?? '', prefix: '/api/llm' })
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
if (address && typeof address === 'object') console.log(address.port)
