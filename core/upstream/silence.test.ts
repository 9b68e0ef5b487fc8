import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createCleanup, rawCall, startGateway, startServer, until } from './testing/rig.ts'

// Alone in its file: undici keeps the first timer it makes, and that one has to be a shrunk one.
const open = createCleanup()
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await open.run()
})

it('a server that is silent for ten minutes still answers when no request_timeout is set', async () => {
  const steps: ((text: string) => void)[] = []
  const server = open.add(
    await startServer((_req, res) => {
      steps.push(
        (text) => res.write(text),
        (text) => res.end(text),
      )
    }),
  )
  const gateway = open.add(await startGateway(server.origin))
  const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
  const calling = rawCall(gateway.port, request)
  await until(() => steps.length > 0)
  // Once before the first byte, once in the middle of the answer.
  for (const [index, step] of steps.entries()) {
    for (let minute = 0; minute < 10; minute += 1) await vi.advanceTimersByTimeAsync(60_000)
    step(`at last ${index}`)
  }
  expect(await calling).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*at last 0[\s\S]*at last 1/)
})
