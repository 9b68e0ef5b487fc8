import { createServer, type ServerResponse } from 'node:http'

/**
 * Streams tokens, each with the moment it was written. Every stream gets one every 100 ms, the
 * streams one after the other, so that no two tokens fall together.
 */
const TOKENS = Number(process.argv[2] ?? 50)
const PERIOD_MS = 100
const TICK_MS = 2
const filler = 'a token of an answer, with what surrounds it in a chunk of OpenAI '.repeat(3)

interface Stream {
  res: ServerResponse
  sent: number
}
const slots: Stream[][] = Array.from({ length: PERIOD_MS / TICK_MS }, () => [])
let nextSlot = 0
let tick = 0

setInterval(() => {
  tick = (tick + 1) % slots.length
  const slot = slots[tick] as Stream[]
  for (const stream of slot) writeToken(stream)
  slots[tick] = slot.filter(({ sent, res }) => sent < TOKENS && !res.destroyed)
}, TICK_MS)

const server = createServer((req, res) => {
  req.resume()
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.flushHeaders()
  slots[nextSlot]?.push({ res, sent: 0 })
  nextSlot = (nextSlot + 1) % slots.length
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(address.port)
})

function writeToken(stream: Stream): void {
  const { res } = stream
  const at = process.hrtime.bigint()
  res.write(`data: {"n":${stream.sent},"at":${at},"text":"${filler}"}\n\n`)
  stream.sent += 1
  if (stream.sent === TOKENS) res.end('data: [DONE]\n\n')
}
