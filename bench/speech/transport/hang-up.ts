import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { longWav, wavBytes } from './long-wav.ts'
import type { Stage } from './stage.ts'

const SECONDS = 60
const GIVEN_UP_MS = 5_000

/**
 * Callers that hang up while their audio is decoded: how long until the server's decode is cancelled,
 * in ms; a leak counts as five seconds.
 */
export async function benchHangUp(stage: Stage, points: number): Promise<number[]> {
  const taken: number[] = []
  for (let point = 0; point < points; point += 1) taken.push(await hangUpOnce(stage))
  return taken
}

async function hangUpOnce({ server, controller }: Stage): Promise<number> {
  const { hostname, port } = new URL(controller.url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  socket.on('error', () => undefined) // it is cut on purpose
  const left = server.left
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
  const tail = '\r\n--x--\r\n'
  socket.write(
    `POST /v1/audio/transcriptions HTTP/1.1\r\nHost: ${hostname}\r\n` +
      'Content-Type: multipart/form-data; boundary=x\r\n' +
      `Content-Length: ${head.length + wavBytes(SECONDS) + tail.length}\r\n\r\n${head}`,
  )
  for (const part of longWav(SECONDS)) socket.write(part)
  socket.write(tail)
  while (server.decoding === 0) await sleep(1)
  await sleep(Math.random() * 30)
  const leftAt = performance.now()
  if (Math.random() < 0.5) socket.destroy()
  else socket.resetAndDestroy()
  while (server.left === left && performance.now() - leftAt < GIVEN_UP_MS)
    await new Promise((resolve) => setImmediate(resolve))
  return performance.now() - leftAt
}
