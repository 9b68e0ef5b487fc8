import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createCleanup, listen } from '../upstream/testing/rig.ts'
import { createSeats } from './seats.ts'
import { streamEvents } from './streams.ts'

const open = createCleanup()
afterEach(open.run)

type Items = Parameters<typeof streamEvents>[2]
const serve = async (items: Items) =>
  open.add(await listen(createServer((req, res) => void streamEvents(req, res, items))))

it('sends every item with its id, and says when it is over', async () => {
  const { origin } = await serve(async function* () {
    yield { id: '7', data: { text: 'one\ntwo' } }
    yield { data: 'three' }
  })
  const reply = await fetch(origin)
  expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(reply.headers.get('x-accel-buffering')).toBe('no')
  expect(await reply.text()).toBe(
    'id: 7\nevent: line\ndata: {"text":"one\\ntwo"}\n\n' +
      'event: line\ndata: "three"\n\n' +
      'event: end\ndata: {}\n\n',
  )
})

it('tells a failure on the stream, since its status has long been sent', async () => {
  const { origin } = await serve(async function* () {
    yield { data: 1 }
    throw new Error('the host went away')
  })
  const text = await (await fetch(origin)).text()
  expect(text).toContain('event: error\ndata: {"message":"the host went away"}\n\n')
  expect(text).not.toContain('event: end')
})

it('answers HEAD without asking for a single item', async () => {
  let asked = 0
  const { origin } = await serve(async function* () {
    asked++
    yield { data: 1 }
  })
  expect((await fetch(origin, { method: 'HEAD' })).status).toBe(200)
  expect(asked).toBe(0)
})

it('lets go of its source when the reader leaves', async () => {
  const { promise: left, resolve } = Promise.withResolvers<unknown>()
  const { origin } = await serve(async function* (signal) {
    yield { data: 1 }
    await once(signal, 'abort')
    resolve(signal.reason)
  })
  const leaving = new AbortController()
  await fetch(origin, { signal: leaving.signal })
  leaving.abort()
  expect(await left).toMatchObject({ message: 'the reader left' })
})

it('waits for a reader who does not read, instead of piling up', async () => {
  const most = 10_000
  let made = 0
  const ended = Promise.withResolvers<void>()
  const { port } = await serve(async function* () {
    try {
      for (; made < most; made++) yield { data: 'x'.repeat(10_000) }
    } finally {
      ended.resolve()
    }
  })
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'readable')
  socket.destroy()
  await ended.promise
  expect(made).toBeLessThan(most)
})

it('gives a seat back when its reader leaves, and refuses one more than there are', async () => {
  const seats = createSeats(1, 'logs')
  const taken = open.add(
    await listen(
      createServer((_req: IncomingMessage, res: ServerResponse) => {
        try {
          seats.take('spark-1', res)
          seats.take('spark-2', res)
          res.writeHead(200).write('here')
        } catch (error) {
          res.writeHead(503).end(String((error as Error).message))
        }
      }),
    ),
  )
  const first = new AbortController()
  expect((await fetch(taken.origin, { signal: first.signal })).status).toBe(200)
  const refused = await fetch(taken.origin)
  expect([refused.status, await refused.text()]).toEqual([
    503,
    '1 readers follow logs of spark-1 already',
  ])
  first.abort()
  const again = new AbortController()
  await expect
    .poll(async () => (await fetch(taken.origin, { signal: again.signal })).status)
    .toBe(200)
  again.abort()
})
