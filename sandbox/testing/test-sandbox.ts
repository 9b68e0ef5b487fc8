import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Client } from 'ssh2'
import { makeKeyPair } from '../host/ssh-server.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../start.ts'

/** How a command on a simulated host ended. */
export interface Ran {
  out: string
  err: string
  /** Exit status; null when ended by a signal or cut off. */
  code: number | null
  signal: string | undefined
}

/** A sandbox for tests, with a client. */
export interface TestSandbox extends Sandbox {
  dataDir: string
  privateKey: string
  publicKey: string
  /** Runs a command on a host over SSH, on one kept connection a host. */
  run(host: string, command: string): Promise<Ran>
  /** Asks a stand-in without starting its program: the same answer, without 50 ms of Node. */
  ask(host: string, tool: string, args: readonly string[]): Promise<Ran>
  /** A new connection. */
  connect(host: string): Promise<Client>
  setFaults(host: string, faults: object): Promise<Response>
}

export const TEST_KEYS = makeKeyPair()

/** Starts a fast sandbox in a folder of its own; `close` removes the folder too. */
export async function startTestSandbox(
  options: Partial<SandboxOptions> = {},
): Promise<TestSandbox> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'sandbox-test-'))
  const sandbox = await startSandbox({
    speed: 100,
    authorizedKeys: [TEST_KEYS.public],
    seed: 1,
    ...options,
    dataDir,
  })
  const clients = new Map<string, Promise<Client>>()
  const open = (id: string) => connectTo(sandbox, id)
  const keep = (id: string) => {
    const connecting = open(id)
    clients.set(id, connecting)
    connecting.then(
      (client) => client.once('close', () => clients.delete(id)),
      () => clients.delete(id),
    )
    return connecting
  }
  return {
    ...sandbox,
    dataDir,
    privateKey: TEST_KEYS.private,
    publicKey: TEST_KEYS.public,
    connect: open,
    async run(id, command) {
      const known = clients.get(id) ?? keep(id)
      return runOn(await known, command)
    },
    ask(id, tool, args) {
      const home = sandbox.hosts.find((each) => each.id === id)?.home ?? ''
      return askGate(home, tool, args)
    },
    setFaults: (id, faults) =>
      fetch(`${sandbox.controlUrl}/faults/${id}`, { method: 'PUT', body: JSON.stringify(faults) }),
    async close() {
      for (const client of clients.values()) (await client.catch(() => undefined))?.end()
      await sandbox.close()
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Runs one command on a connection. */
export function runOn(client: Client, command: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) return reject(error)
      const ran: Ran = { out: '', err: '', code: null, signal: undefined }
      stream.on('data', (data: Buffer) => {
        ran.out += data
      })
      stream.stderr.on('data', (data: Buffer) => {
        ran.err += data
      })
      stream.on('exit', (code: number | null, signal?: string) => {
        ran.code = code
        ran.signal = signal
      })
      stream.on('close', () => resolve(ran))
    })
  })
}

/** Waits until `find` gives something; asks every few ms. */
export async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** What stand-ins/call.ts does, in this process. */
function askGate(home: string, tool: string, args: readonly string[]): Promise<Ran> {
  const [port, token] = readFileSync(join(home, '../run/gate'), 'utf8').trim().split(' ')
  const cwd = join(home, 'spark-vllm-docker')
  const ran: Ran = { out: '', err: '', code: null, signal: undefined }
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1' })
    let received = Buffer.alloc(0)
    socket.write(`${JSON.stringify({ token, tool, args, cwd, env: { HOME: home } })}\n`)
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
    })
    socket.on('error', reject)
    socket.on('close', () => {
      for (let at = 0; at < received.length; ) {
        const end = at + 5 + received.readUInt32BE(at + 1)
        const text = received.toString('utf8', at + 5, end)
        if (received[at] === 1) ran.out += text
        else if (received[at] === 2) ran.err += text
        else ran.code = Number(text)
        at = end
      }
      resolve(ran)
    })
  })
}

function connectTo(sandbox: Sandbox, id: string): Promise<Client> {
  const host = sandbox.hosts.find((each) => each.id === id)
  const client = new ssh2.Client()
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client))
    client.on('error', reject)
    client.on('connect', () => client.setNoDelay(true))
    client.connect({
      host: '127.0.0.1',
      port: host?.sshPort ?? 0,
      username: host?.user ?? '',
      privateKey: TEST_KEYS.private,
      hostHash: 'sha256',
    })
  })
}
