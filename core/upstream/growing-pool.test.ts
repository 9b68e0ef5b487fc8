import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { GrowingPool } from './growing-pool.ts'

/** Answers when told to, and counts connections. */
async function heldServer() {
  const held: ServerResponse[] = []
  let connections = 0
  const server = createServer((_req, res) => void held.push(res))
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const pool = new GrowingPool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    connections: null,
  })
  closing.push(async () => {
    await pool.destroy()
    server.closeAllConnections()
    server.close()
  })
  const ask = async () => {
    const { body } = await pool.request({ path: '/', method: 'GET' })
    return body.text()
  }
  const arrived = async (count: number) => {
    while (held.length < count) await once(server, 'request')
  }
  return { pool, held, ask, arrived, connections: () => connections }
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

it('one request after the other goes by one connection', async () => {
  const { held, ask, arrived, connections } = await heldServer()
  for (let n = 1; n <= 3; n++) {
    const answer = ask()
    await arrived(n)
    held[n - 1]?.end(`${n}`)
    expect(await answer).toBe(`${n}`)
  }
  expect(connections()).toBe(1)
})

it('none waits for another that gets no answer', async () => {
  const { held, ask, arrived, connections } = await heldServer()
  const first = ask()
  await arrived(1)
  const others = [ask(), ask(), ask()]
  await arrived(4)
  for (const res of held.slice(1)) res.end('quick')
  expect(await Promise.all(others)).toEqual(['quick', 'quick', 'quick'])
  held[0]?.end('late')
  expect(await first).toBe('late')
  expect(connections()).toBe(4)
})

it('closing waits for what runs, by whichever way it went', async () => {
  const { pool, held, ask, arrived } = await heldServer()
  const answers = [ask(), ask()]
  await arrived(2)
  const closed = pool.close()
  for (const res of held) res.end('done')
  expect(await Promise.all(answers)).toEqual(['done', 'done'])
  await closed
})
