import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { replaceFile } from './host/memory.ts'

/** The loopback ports of a sandbox; what is not listening yet is kept free for it by its block. */
export interface Ports {
  /** The control API. Bound as long as the sandbox lives, which is what claims the block. */
  control: number
  /** Where the stand-ins ask. */
  gate: number
  ssh: Record<string, number>
  llm: number
  'llm-2': number
  /** Of the plain servers, by name. */
  services: Record<ServicePort, number>
}

/** Names of the plain servers' ports; a new one goes to the end, so that kept ports stay. */
const SERVICE_PORTS = [
  'board',
  'embeddings',
  'reranker',
  'qdrant',
  'asr',
  'diarizer',
  'tts',
] as const
export type ServicePort = (typeof SERVICE_PORTS)[number]

/** A claimed set of ports with the server that already listens on the control port. */
export interface ClaimedPorts<S extends Server> {
  ports: Ports
  control: S
}

const FILE = 'ports.json'
const BLOCK = 32
// Below the ports systems hand out by themselves (Linux from 32768, macOS from 49152), so that no
// outgoing connection sits on a port that its engine has not opened yet.
const FIRST = 20_000
const LAST = 31_968

/**
 * Claims a block of free ports: the ones kept in `folder`, else a free block. `wanted` overrides
 * single ports. `createControl` makes the server whose bound port claims the block.
 */
export async function claimPorts<S extends Server>(
  folder: string,
  hostIds: readonly string[],
  createControl: () => S,
  random: () => number,
  wanted: Partial<Ports> = {},
): Promise<ClaimedPorts<S>> {
  const kept = readKeptPorts(folder)
  const candidates = kept === undefined ? [] : [kept]
  const blocks = Math.floor((LAST - FIRST) / BLOCK)
  const start = Math.floor(random() * blocks)
  for (let step = 0; step < blocks; step += 1) {
    candidates.push(portsFrom(FIRST + ((start + step) % blocks) * BLOCK, hostIds))
  }
  for (const candidate of candidates) {
    const ports = { ...candidate, ...wanted }
    const control = createControl()
    if (!(await listen(control, ports.control))) continue
    if (await areFree(boundLater(ports))) {
      replaceFile(folder, FILE, `${JSON.stringify({ ports }, null, 2)}\n`)
      return { ports, control }
    }
    await closeServer(control)
  }
  throw new Error(`no block of ${BLOCK} free ports between ${FIRST} and ${LAST} on 127.0.0.1`)
}

/** The ports of the last sandbox on this folder. */
export function readKeptPorts(folder: string): Ports | undefined {
  try {
    const { ports } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as { ports?: Ports }
    if (typeof ports?.control !== 'number') return undefined
    // an earlier version knew fewer servers
    return { ...ports, services: { ...servicePorts(ports.control), ...ports.services } }
  } catch {
    return undefined // none yet, or damaged, which costs only the old ports
  }
}

/** Listens on 127.0.0.1; false when the port is taken. */
export function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    }
    server.once('error', onError)
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', onError)
      resolve(true)
    })
  })
}

/** Closes a server that may not be listening. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

function portsFrom(base: number, hostIds: readonly string[]): Ports {
  const ssh = Object.fromEntries(hostIds.map((id, index) => [id, base + 8 + index]))
  const services = servicePorts(base)
  return { control: base, gate: base + 1, llm: base + 2, 'llm-2': base + 3, ssh, services }
}

const servicePorts = (base: number): Ports['services'] =>
  Object.fromEntries(
    SERVICE_PORTS.map((name, index) => [name, base + 10 + index]),
  ) as Ports['services']

const boundLater = ({ gate, llm, 'llm-2': second, ssh, services }: Ports): number[] => [
  ...[gate, llm, second],
  ...Object.values(ssh),
  ...Object.values(services),
]

async function areFree(ports: number[]): Promise<boolean> {
  for (const port of ports) {
    const probe = createServer()
    if (!(await listen(probe, port))) return false
    await closeServer(probe)
  }
  return true
}
