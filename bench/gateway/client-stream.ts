import { connect } from 'node:net'

/**
 * Reads many event streams at once and prints how long each token was on its way, in a process of
 * its own so that nothing else holds it up.
 */
const [url = '', count = '1', tokens = '1'] = process.argv.slice(2)
const { port, pathname } = new URL(url)
const MARK = '"at":'
const delaysMs: number[] = []
let open = 0
let done = 0
let lost = 0
let disordered = 0

for (let i = 0; i < Number(count); i += 1) setTimeout(read, i)

function read(): void {
  open += 1
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true })
  const body = '{"model":"m","stream":true}'
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
  let rest = ''
  let expected = 0
  let isDone = false
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    const now = process.hrtime.bigint()
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const at = line.indexOf(MARK)
      if (at !== -1) {
        const stamp = BigInt(line.slice(at + MARK.length, line.indexOf(',', at)))
        delaysMs.push(Number(now - stamp) / 1e6)
        if (!line.includes(`"n":${expected},`)) disordered += 1
        expected += 1
      } else if (line.includes('[DONE]')) isDone = true
    }
  })
  socket.on('error', () => {}) // counted as lost tokens below
  socket.on('close', () => {
    lost += Number(tokens) - expected
    if (isDone) done += 1
    open -= 1
    if (open === 0) report()
  })
}

function report(): void {
  delaysMs.sort((a, b) => a - b)
  const at = (share: number) => delaysMs[Math.floor(delaysMs.length * share)] ?? Number.NaN
  console.log(
    JSON.stringify({
      tokens: delaysMs.length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      lost,
      disordered,
      unfinished: Number(count) - done,
    }),
  )
}
