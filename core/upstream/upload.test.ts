import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { keptBytes } from '../testing/kept-bytes.ts'
import { readBody } from './upload.ts'

it('a body in chunks of one byte takes no more memory than its bytes', () => {
  const req = new PassThrough() as unknown as IncomingMessage
  let body: Buffer | undefined
  readBody(req, 1e9, (_error, whole) => {
    body = whole
  })
  const socket = Buffer.alloc(1000, ' ')
  const count = 1_000_000
  const before = keptBytes()
  for (let at = 0; at < count; at += 1)
    req.emit('data', socket.subarray(at % 1000, (at % 1000) + 1))
  // a million views would be some 100 MB
  expect(keptBytes() - before).toBeLessThan(10e6)
  req.emit('end')
  expect(body?.length).toBe(count)
})
