import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { listenOnLoopback } from '../hosts/testing/listen.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { until } from '../upstream/testing/rig.ts'
import { startKnocks } from './knocks.ts'

it('tells a port that takes connections from one that refuses, and sends nothing', async () => {
  let sentBytes = 0
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      sentBytes += chunk.length
    })
    socket.on('error', () => {})
  })
  const { port, close } = await listenOnLoopback(server)
  const clock = createFakeClock()
  const told: boolean[] = []
  const knocks = startKnocks({
    clock,
    doors: () => [{ service: 'llm', address: '127.0.0.1', port }],
    onKnock: (service, isOpen) => {
      expect(service).toBe('llm')
      told.push(isOpen)
    },
  })
  await clock.advance(1000)
  await until(() => told.length === 1)
  await close()
  await clock.advance(1000)
  await until(() => told.length === 2)
  knocks.stop()
  expect([told, sentBytes]).toEqual([[true, false], 0])
})
