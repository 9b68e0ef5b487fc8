import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Socket } from 'node:net'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { makeKeyPair } from '../key-pair.ts'
import { listenOnLoopback } from './listen.ts'

export interface TestServerOptions {
  /** Let in with any key; default. False: nobody is let in. */
  letsIn?: boolean
  /** Most sessions open at once, as sshd's MaxSessions. */
  maxSessions?: number
  /** Own process group for each command, as sshd makes one; default. */
  makesGroups?: boolean
  /** What runs an exec request; default `/bin/sh -c`. */
  shell?: string[]
  /** OpenSSH private key; default a new one. */
  hostKey?: string
  /** Default: a free one. */
  port?: number
}

export interface TestServer {
  readonly port: number
  /** Connections made so far, and those that are open now. */
  readonly connections: number
  readonly openConnections: number
  /** Exec requests so far, and the most sessions that were open at once. */
  readonly commands: number
  readonly mostSessions: number
  /** Host key in SSH wire form. */
  readonly hostKey: Buffer
  /** Breaks every connection off. */
  drop(): void
  /** Refuses the next `count` channels. */
  refuseChannels(count: number): void
  close(): Promise<void>
}

/** A small SSH server on loopback that runs commands in a real shell. For tests. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { letsIn = true, maxSessions = 10 } = options
  const privateKey = options.hostKey ?? makeKeyPair('test').private
  const sockets = new Set<Socket>()
  const children = new Set<ChildProcess>()
  const count = { connections: 0, commands: 0, sessions: 0, most: 0, toRefuse: 0 }
  const server = new ssh2.Server({ hostKeys: [privateKey] })
  server.on('connection', (connection: Connection) => {
    count.connections += 1
    connection.on('error', () => {}) // a client that went away
    connection.on('authentication', (context) => (letsIn ? context.accept() : context.reject()))
    connection.on('session', (accept, reject) => {
      if (count.toRefuse > 0 || count.sessions >= maxSessions) {
        count.toRefuse = Math.max(0, count.toRefuse - 1)
        return void reject()
      }
      count.sessions += 1
      count.most = Math.max(count.most, count.sessions)
      const session = accept()
      session.on('close', () => {
        count.sessions -= 1
      })
      session.on('exec', (acceptExec, _reject, { command }) => {
        count.commands += 1
        const child = start(command, options)
        children.add(child)
        child.on('close', () => children.delete(child))
        join(child, acceptExec())
      })
    })
  })
  const listener = createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => {}) // a client that went away
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    server.injectSocket(socket)
  })
  const { port, close } = await listenOnLoopback(listener, options.port)
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    get connections() {
      return count.connections
    },
    get openConnections() {
      return sockets.size
    },
    get commands() {
      return count.commands
    },
    get mostSessions() {
      return count.most
    },
    hostKey: publicKeyOf(privateKey),
    drop,
    refuseChannels(channels) {
      count.toRefuse = channels
    },
    async close() {
      drop()
      const ended = [...children].map((child) => new Promise((done) => child.on('close', done)))
      for (const child of children) endGroup(child, options.makesGroups ?? true)
      await Promise.all([close(), ...ended])
    },
  }
}

function start(
  command: string,
  { shell = ['/bin/sh', '-c'], makesGroups = true }: TestServerOptions,
) {
  const [file = '/bin/sh', ...args] = shell
  return spawn(file, [...args, command], { detached: makesGroups, stdio: 'pipe' })
}

function join(child: ReturnType<typeof start>, channel: ServerChannel) {
  child.stdin.on('error', () => {}) // a command that does not read
  channel.on('error', () => {}) // a client that went away
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (code, signal) => {
    if (signal) channel.exit(signal.slice('SIG'.length), false, '')
    else channel.exit(code ?? 255)
    channel.end()
  })
  channel.on('close', () => {
    child.stdin.destroy()
    child.stdout.destroy()
    child.stderr.destroy()
  })
}

function endGroup(child: ChildProcess, isGroup: boolean) {
  if (child.pid === undefined) return
  try {
    process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL')
  } catch {
    // it ended by itself in this very moment
  }
}

/** The public half of an OpenSSH private key, in SSH wire form. */
export function publicKeyOf(privateKey: string): Buffer {
  const parsed = ssh2.utils.parseKey(privateKey)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (!key || key instanceof Error) throw new Error('no private key')
  return key.getPublicSSH()
}
