/** Hosts as SSH servers, a loopback port each; a process of its own, told what to do by run.ts. */
import { createServer } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { listenOnLoopback } from '../../core/hosts/testing/listen.ts'
import { answerOf } from './answers.ts'
import { serveHosts } from './simulator.ts'

const { looks, hanging } = serveHosts(async (host, hostKey) => [await startHost(host, hostKey)])

async function startHost(host: number, hostKey: string): Promise<number> {
  const ssh = new ssh2.Server({ hostKeys: [hostKey] })
  ssh.on('connection', (connection) => serve(connection, host))
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => {}) // the controller went away
    if (!hanging.has(host)) ssh.injectSocket(socket)
  })
  return (await listenOnLoopback(server)).port
}

function serve(connection: Connection, host: number): void {
  connection.on('error', () => {}) // the controller went away
  connection.on('authentication', (context) => context.accept())
  connection.on('session', (accept) => {
    if (hanging.has(host)) return
    accept().on('exec', (acceptExec, _reject, { command }) => {
      if (!hanging.has(host)) run(acceptExec(), command, host)
    })
  })
}

/** Answers once the script on stdin is whole, behind the announcement that every command begins with. */
function run(channel: ServerChannel, command: string, host: number): void {
  let script = ''
  channel.on('error', () => {}) // the controller went away
  channel.on('data', (chunk: Buffer) => {
    script += chunk
  })
  channel.on('end', () => {
    if (hanging.has(host)) return
    const answer = answerOf(command, script, host)
    if (answer === 'follow') return void channel.write('\x1e-4242\n')
    if (answer.startsWith('=hostname')) looks.seen(`host-${host}`)
    channel.write('\x1e-4242\n')
    channel.write(answer)
    channel.exit(0)
    channel.end()
  })
}
