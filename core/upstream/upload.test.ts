import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { readBody } from './upload.ts'

it('a body in chunks of one byte takes no more memory than its bytes', () => {
  const req = new PassThrough() as unknown as IncomingMessage
  let body: Buffer | undefined
  readBody(req, 1e9, (_error, whole) => {
    body = whole
  })
  const socket = Buffer.alloc(1000, ' ')
  const count = 1_000_000
  const before = process.memoryUsage()
  for (let at = 0; at < count; at += 1)
    req.emit('data', socket.subarray(at % 1000, (at % 1000) + 1))
  const after = process.memoryUsage()
  const grown = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
  expect(grown).toBeLessThan(40e6)
  req.emit('end')
  expect(body?.length).toBe(count)
})
