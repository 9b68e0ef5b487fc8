import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { Answer } from './answer.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** The header lines of an answer that `write` wrote, by name. */
async function written(write: (res: ServerResponse) => void): Promise<Record<string, string[]>> {
  const server = createServer({ ServerResponse: Answer }, (_req, res) => {
    res.base = { 'x-request-id': 'one', 'content-security-policy': 'sandbox' }
    write(res)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  const { get } = await import('node:http')
  const request = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const [answer] = await once(request, 'response')
  answer.resume()
  return answer.headersDistinct
}

const BASE = { 'x-request-id': ['one'], 'content-security-policy': ['sandbox'] }

describe('the base headers of an answer', () => {
  test.each<[string, (res: ServerResponse) => void]>([
    ['end alone', (res) => res.end('x')],
    ['writeHead without headers', (res) => res.writeHead(200).end()],
    ['writeHead with a reason', (res) => res.writeHead(200, 'Fine', { 'x-own': '1' }).end()],
    ['writeHead with an object', (res) => res.writeHead(200, { 'x-own': '1' }).end()],
    ['writeHead with raw pairs', (res) => res.writeHead(200, ['x-own', '1']).end()],
    [
      'raw pairs after setHeader',
      (res) => res.setHeader('a', '1').writeHead(200, ['b', '2']).end(),
    ],
    [
      'flushHeaders',
      (res) => {
        res.flushHeaders()
        res.end()
      },
    ],
  ])('go out with %s', async (_form, write) => {
    expect(await written(write)).toMatchObject(BASE)
  })

  test('give way, once, to what is set or given', async () => {
    const own = { ...BASE, 'x-request-id': ['two'] }
    expect(await written((res) => res.setHeader('X-Request-Id', 'two').end())).toMatchObject(own)
    expect(
      await written((res) => res.writeHead(200, { 'x-request-id': 'two' }).end()),
    ).toMatchObject(own)
    expect(await written((res) => res.writeHead(200, ['X-Request-Id', 'two']).end())).toMatchObject(
      own,
    )
  })

  test('are not displaced by a value that reads like their name', async () => {
    const headers = await written((res) =>
      res.writeHead(200, ['x', 'content-security-policy']).end(),
    )
    expect(headers).toMatchObject(BASE)
  })

  test('are seen by who asks before they are written', async () => {
    let seen: unknown[] = []
    await written((res) => {
      seen = [res.hasHeader('X-Request-Id'), res.getHeader('x-request-id'), res.hasHeader('other')]
      res.end()
    })
    expect(seen).toEqual([true, 'one', false])
  })
})
