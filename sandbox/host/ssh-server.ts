import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { join } from 'node:path'
import ssh2, { type Connection, type ParsedKey, type ServerChannel } from 'ssh2'
import type { SimHost } from '../cluster.ts'
import { closeServer, listen } from '../ports.ts'
import { createShells, killGroup, type Shells } from './shell.ts'

/** The SSH server of a host. */
export interface SshServer {
  /** Public host key in OpenSSH form. */
  readonly hostKey: string
  /** How many connections are open. */
  visitors(): number
  close(): Promise<void>
}

// OpenSSH's MaxSessions
const MAX_SESSIONS = 10

/** Serves SSH for `host` on 127.0.0.1; who may log in stands in its `~/.ssh/authorized_keys`. */
export async function startSshServer(
  host: SimHost,
  port: number,
  user: string,
): Promise<SshServer> {
  const shells = createShells(host, user)
  const hostKey = keepHostKey(host.root)
  const server = new ssh2.Server({ hostKeys: [hostKey.private] })
  const sockets = new Set<Socket>()
  const waiting = new Set<Socket>()
  const isFrozen = () => host.faults.current().ssh === 'freeze'
  server.on('connection', (connection) => serveConnection(connection, host, user, shells))
  const listener = createServer((socket) => {
    socket.setNoDelay(true) // ssh2 answers in small packets: Nagle costs 40 ms each
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      sockets.delete(socket)
      waiting.delete(socket)
    })
    if (isFrozen()) waiting.add(socket)
    else server.injectSocket(socket)
  })
  await listenOrThrow(listener, port)

  const cutAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  const leave = host.faults.watch((faults) => {
    if (faults.ssh === 'drop') {
      cutAll()
      host.faults.end('ssh')
    } else if (faults.ssh === 'refuse') {
      listener.close()
      cutAll()
    } else if (faults.ssh === 'freeze') {
      for (const socket of sockets) freeze(socket)
    } else {
      if (!listener.listening) listener.listen({ port, host: '127.0.0.1' })
      for (const socket of sockets) thaw(socket)
      for (const socket of waiting) server.injectSocket(socket)
      waiting.clear()
    }
  })
  return {
    hostKey: hostKey.public,
    visitors: () => sockets.size,
    async close() {
      leave()
      cutAll()
      await Promise.all([closeServer(listener), shells.endAll()])
    },
  }
}

async function listenOrThrow(listener: NetServer, port: number): Promise<void> {
  if (!(await listen(listener, port))) throw new Error(`port ${port} on 127.0.0.1 is taken`)
  // Listening again after the fault `refuse` may fail; the host then stays refused.
  listener.on('error', () => undefined)
}

function freeze(socket: Socket): void {
  socket.pause()
  // corks are counted, and this one comes off once
  if (socket.writableCorked === 0) socket.cork()
}

function thaw(socket: Socket): void {
  socket.uncork()
  socket.resume()
}

function serveConnection(connection: Connection, host: SimHost, user: string, shells: Shells) {
  let sessions = 0
  connection.on('error', () => undefined) // a client that vanished; its socket closes too
  connection.on('authentication', (context) => {
    if (context.method !== 'publickey' || context.username !== user) {
      return context.reject(['publickey'])
    }
    const key = readAuthorizedKeys(host.home).find((each) =>
      each.getPublicSSH().equals(context.key.data),
    )
    if (!key) return context.reject(['publickey'])
    if (context.signature && context.blob) {
      const isTrue = key.verify(context.blob, context.signature, context.hashAlgo)
      return isTrue === true ? context.accept() : context.reject(['publickey'])
    }
    return context.accept()
  })
  connection.on('session', (accept, reject) => {
    if (sessions >= MAX_SESSIONS) return void reject()
    const session = accept()
    sessions += 1
    session.once('close', () => {
      sessions -= 1
    })
    const run = (channel: ServerChannel, command: string | undefined) =>
      connect(channel, shells.start(command, '127.0.0.1 50000 127.0.0.1 22'), (onSignal) => {
        session.on('signal', (acceptSignal, _reject, info) => {
          acceptSignal?.()
          onSignal(`SIG${info.name}` as NodeJS.Signals)
        })
      })
    session.on('exec', (acceptExec, _reject, info) => run(acceptExec(), info.command))
    session.on('shell', (acceptShell) => run(acceptShell(), undefined))
    session.on('pty', (_accept, rejectPty) => rejectPty?.())
  })
}

/** Joins a channel and a shell: exit status at once, end of file when all output is out. */
function connect(
  channel: ServerChannel,
  child: ReturnType<Shells['start']>,
  listenSignals: (onSignal: (signal: NodeJS.Signals) => void) => void,
): void {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) return void channel.close()
  stdin.on('error', () => undefined) // the command does not read: its own business
  channel.on('error', () => undefined)
  channel.pipe(stdin)
  stdout.pipe(channel, { end: false })
  stderr.pipe(channel.stderr, { end: false })
  listenSignals((signal) => {
    if (child.pid !== undefined) killGroup(child.pid, signal)
  })
  child.on('exit', (code, signal) => {
    if (signal) channel.exit(signal.replace(/^SIG/, ''), false)
    else channel.exit(code ?? 255)
  })
  child.on('error', () => {
    channel.exit(255)
    channel.end()
  })
  child.on('close', () => channel.stderr.end(() => channel.end()))
  // Like sshd: a closed channel takes the pipes away, the command lives on until it writes.
  channel.on('close', () => {
    stdin.destroy()
    stdout.destroy()
    stderr.destroy()
  })
}

function readAuthorizedKeys(home: string): ParsedKey[] {
  const file = join(home, '.ssh', 'authorized_keys')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.flatMap((line) => {
    const parsed = ssh2.utils.parseKey(line.trim())
    return parsed instanceof Error ? [] : [parsed].flat()
  })
}

function keepHostKey(root: string): { private: string; public: string } {
  const file = join(root, 'ssh_host_ed25519_key')
  if (!existsSync(file)) {
    mkdirSync(root, { recursive: true })
    const pair = makeKeyPair()
    writeFileSync(`${file}.pub`, `${pair.public}\n`)
    writeFileSync(file, pair.private, { mode: 0o600 })
  }
  return {
    private: readFileSync(file, 'utf8'),
    public: readFileSync(`${file}.pub`, 'utf8').trim(),
  }
}

/** A new ed25519 key in OpenSSH form. */
export function makeKeyPair(): { private: string; public: string } {
  // ssh2 (1.17) strips leading zeros off the public half: 1 key in 256 cannot be read
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}
