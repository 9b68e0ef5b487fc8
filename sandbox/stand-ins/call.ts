// What every stand-in program really is: a few lines that hand its words to the sandbox and print
// what comes back. Imports are kept to the least, for it is started often.
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

const [gateFile = '', tool = '', ...args] = process.argv.slice(2)
const [port, token] = readFileSync(gateFile, 'utf8').trim().split(' ')
const socket = connect({ port: Number(port), host: '127.0.0.1' })
let received = Buffer.alloc(0)
let isEnded = false

socket.on('connect', () => {
  const call = { token, tool, args, cwd: process.cwd(), env: process.env }
  socket.write(`${JSON.stringify(call)}\n`)
})
socket.on('data', (bytes) => {
  received = received.length > 0 ? Buffer.concat([received, bytes]) : bytes
  while (received.length >= 5 && received.length >= 5 + received.readUInt32BE(1)) {
    const end = 5 + received.readUInt32BE(1)
    take(received[0] ?? 0, received.subarray(5, end))
    received = received.subarray(end)
  }
})
socket.on('error', fail)
socket.on('close', () => {
  if (!isEnded) fail()
})
// The reader is gone: die as a program does that writes into a closed pipe.
process.stdout.on('error', () => process.kill(process.pid, 'SIGPIPE'))

/** One frame: 1 standard output, 2 standard error, 3 the exit status as text. */
function take(kind: number, payload: Buffer): void {
  if (kind === 3) {
    isEnded = true
    process.exitCode = Number(payload.toString())
    socket.end()
  } else {
    const stream = kind === 1 ? process.stdout : process.stderr
    if (!stream.write(payload)) {
      socket.pause()
      stream.once('drain', () => socket.resume())
    }
  }
}

function fail(): void {
  if (isEnded) return
  isEnded = true
  process.stderr.write(
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
  )
  process.exitCode = 1
}
