import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { listenOnLoopback } from './listen.ts'
import { type Sshd, type SshdOptions, startSshd } from './sshd.ts'

/** A port where SSH fails in one way, until it is closed. */
export interface BadWay {
  port: number
  user?: string
  /** Of a real sshd: its key in SSH wire form. */
  hostKey?: Buffer
  close(): Promise<void>
}

/** OpenSSH's server, logged in to as `user`. */
export async function sshdFor(options: SshdOptions, user?: string): Promise<BadWay> {
  const sshd: Sshd = await startSshd(options)
  return { port: sshd.port, user: user ?? sshd.user, hostKey: sshd.hostKey, close: sshd.close }
}

/** OpenSSH's server, whose only place for someone who has not logged in yet is taken. */
export async function fullSshd(authorizedKey: string): Promise<BadWay> {
  const lines = ['MaxStartups 1:100:1', 'LoginGraceTime 600']
  const way = await sshdFor({ authorizedKey, lines })
  const sitting = await takePlace(way.port)
  const close = () => {
    sitting.destroy()
    return way.close()
  }
  return { ...way, close }
}

/** The place may be held for a moment by whoever looked whether it listens. */
async function takePlace(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port })
    const [said] = (await once(socket, 'data')) as [Buffer]
    if (said.toString().startsWith('SSH-')) return socket
    socket.destroy()
  }
}

/** A port nobody listens on. */
export async function closedPort(): Promise<BadWay> {
  const { port, close } = await listenOnLoopback(createServer())
  await close()
  return { port, close: async () => {} }
}

/** What listens, and does `work` with each connection. */
export async function listener(work: (socket: Socket) => void): Promise<BadWay> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    work(socket)
  })
  const { port, close } = await listenOnLoopback(server)
  return {
    port,
    close() {
      for (const socket of sockets) socket.destroy()
      return close()
    },
  }
}

export async function webServer(): Promise<BadWay> {
  const server = createHttpServer((_req, res) => res.end('hello'))
  const { port, close } = await listenOnLoopback(server)
  return {
    port,
    close() {
      server.closeAllConnections()
      return close()
    },
  }
}

/**
 * A port whose SYNs are dropped: its process stands still, and its queue of connections is full.
 */
export async function droppingPort(): Promise<BadWay> {
  const program = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
    function () { console.log(this.address().port) })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(said.toString())
  child.kill('SIGSTOP')
  const fillers = Array.from({ length: 4 }, () => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('error', () => {})
    return socket
  })
  await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, 'connect')))
  return {
    port,
    async close() {
      for (const socket of fillers) socket.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
