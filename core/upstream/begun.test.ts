import { createServer, type ServerResponse } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { beginEvents, comment } from './begun.ts'
import { createUpstream } from './pool-upstream.ts'
import { createCleanup, listen, startServer } from './testing/rig.ts'

const open = createCleanup()
afterEach(open.run)

/** What a caller gets who was waiting in a stream before the server answered. */
async function ask(answer: (res: ServerResponse, encoding: string | undefined) => void) {
  const server = open.add(
    await startServer((req, res) => answer(res, req.headers['accept-encoding']?.toString())),
  )
  const upstream = open.add(createUpstream({ origin: server.origin, requestTimeoutMs: null }))
  const gateway = createServer(async (req, res) => {
    beginEvents(res, { 'x-request-id': 'r-1' })
    res.write(comment('waiting'))
    await upstream.forward(req, res, { path: '/v1/chat/completions', maxBytes: 1000 })
  })
  const { origin } = open.add(await listen(gateway))
  const reply = await fetch(`${origin}/v1/chat/completions`)
  expect(reply.status).toBe(200)
  return reply.text()
}

const errorIn = (text: string) => {
  expect(text).toMatch(/^: waiting\n\n/)
  return JSON.parse(/event: error\ndata: (.*)\n\n$/.exec(text)?.[1] ?? '').error
}

it('goes on with the events of the server, which is asked for plain ones', async () => {
  const text = await ask((res, encoding) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.end(`data: {"encoding":"${encoding}"}\n\ndata: [DONE]\n\n`)
  })
  expect(text).toBe(': waiting\n\ndata: {"encoding":"identity"}\n\ndata: [DONE]\n\n')
})

it('hands on an error of the server as an event, in its own words', async () => {
  const said = { error: { message: 'too long', type: 'BadRequestError', param: null, code: 400 } }
  const text = await ask((res) => {
    res.writeHead(400, { 'content-type': 'application/json' })
    res.end(JSON.stringify(said))
  })
  expect(errorIn(text)).toEqual(said.error)
})

it.each([
  ['{"object":"error","message":"too long"}', 'too long'],
  ['Internal Server Error', 'Internal Server Error'],
  ['', 'The server answered 500.'],
])('puts %j into the shape of OpenAI', async (body, message) => {
  const text = await ask((res) => res.writeHead(500).end(body))
  expect(errorIn(text)).toEqual({
    ...{ message, type: 'server_error', param: null, code: 'upstream_failed' },
  })
})

it('tells as an event that the server broke off before its answer', async () => {
  expect(errorIn(await ask((res) => res.destroy())).code).toBe('upstream_failed')
})

it('tells as an event that the server broke off in its answer', async () => {
  const text = await ask((res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: {"n":1}\n\ndata: {"n"', () => res.destroy())
  })
  expect(text).toContain('data: {"n":1}\n\n')
  expect(errorIn(text).code).toBe('upstream_failed')
})
