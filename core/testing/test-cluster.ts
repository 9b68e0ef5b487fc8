import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FIRST_SERVICES } from '../../sandbox/first-services.ts'
import { type HostFaults, type SpawnedSandbox, spawnSandbox } from '../../sandbox/index.ts'
import type { EventView } from '../events/event-view.ts'
import { keepKeyPair } from '../hosts/key-pair.ts'
import { KnownHosts } from '../hosts/known-hosts.ts'
import type { ErrorView, HostView, JobView, ServiceView } from '../views.ts'
import { type Container, containersOn, type Recorded, recordCommands } from './command-record.ts'
import { type EventReader, readEvents } from './event-reader.ts'
import { type SpawnedController, spawnController } from './spawn-controller.ts'

export interface TestClusterOptions {
  /** Times faster than a real cluster. */
  sandboxSpeed?: number
  /** Times faster than the controller's own waits. */
  clockSpeed?: number
  /**
   * A topology file of the test's own instead of the sandbox's; made from the sandbox's. The
   * controller then does not know that its cluster is simulated.
   */
  topology?(yaml: string): string
  /** Another Node, another program than core/main.ts. */
  controller?: { node?: string; main?: string }
}

export interface Asked {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Reply<T> {
  status: number
  headers: Headers
  text: string
  /** Parsed; undefined unless it is JSON. */
  body: T
}

/** A controller on a simulated cluster, each in a process of its own. */
export interface TestCluster {
  readonly url: string
  readonly dataDir: string
  /** topology.yaml the controller reads. */
  readonly file: string
  readonly sandbox: Omit<SpawnedSandbox, 'isAdopted' | 'close'>
  readonly controller: SpawnedController
  ask<T = ErrorView>(path: string, asked?: Asked): Promise<Reply<T>>
  post<T = ErrorView>(path: string, body?: unknown, headers?: Asked['headers']): Promise<Reply<T>>
  events(query?: string, headers?: Asked['headers']): Promise<EventReader<EventView>>
  /** The job as soon as it is in a phase, however short that is; rejects if it ends before. */
  inPhase(job: { id: string }, phase: string): Promise<JobView>
  /** The job when it has ended. */
  ended(job: { id: string }): Promise<JobView>
  /** Sets what is wrong with a host, instead of what was. */
  setFaults(host: string, faults: HostFaults): Promise<void>
  /** Containers of a host but those of plain servers, which run from the start. */
  containers(host: string): Promise<Container[]>
  /** Every call of docker and the launcher on the hosts so far. */
  commands(): Recorded[]
  /** SIGKILL; the cluster lives on. */
  kill(): Promise<void>
  /** A new controller on the same data. */
  restart(): Promise<void>
  close(): Promise<void>
}

const PLAIN = new Set(FIRST_SERVICES.map(({ name }) => name))

const FAST_CLOCK = fileURLToPath(new URL('./fast-clock.ts', import.meta.url))

/** Starts a simulated cluster with a controller on it, all in a folder of its own. */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const { sandboxSpeed = 60, clockSpeed = 10 } = options
  const dataDir = mkdtempSync(join(tmpdir(), 'integration-'))
  const env = {
    SPARK_CONTROL_SANDBOX_SPEED: String(sandboxSpeed),
    SPARK_CONTROL_TEST_CLOCK: `${Date.now()}x${clockSpeed}`,
  }
  const own = options.topology && (await prepareOwn(dataDir, sandboxSpeed, options.topology))
  const args = [...(own ? [own.file] : []), '--data', dataDir, '--port', '0', '--host', '127.0.0.1']
  const start = () => spawnController(args, env, ['--import', FAST_CLOCK], options.controller)
  const file = own?.file ?? join(dataDir, 'sandbox', 'controller', 'topology.yaml')
  let controller: SpawnedController
  const close = async (): Promise<void> => {
    await controller?.kill('SIGTERM')
    await endSandbox(dataDir)
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    controller = await start()
    await firstLook(controller.url)
  } catch (thrown) {
    await close()
    throw thrown
  }
  const sandbox = readSandbox(dataDir)
  const commands = recordCommands(sandbox.hosts)
  const hostOf = (id: string) => {
    const host = sandbox.hosts.find((each) => each.id === id)
    if (!host) throw new Error(`no host ${id}`)
    return host
  }
  const ask = <T>(path: string, asked: Asked = {}) => askAt<T>(controller.url + path, asked)
  const events = (query = '', headers: Asked['headers'] = {}) =>
    readEvents<EventView>(`${controller.url}/api/events${query}`, { headers })
  return {
    get url() {
      return controller.url
    },
    get controller() {
      return controller
    },
    dataDir,
    file,
    sandbox,
    ask,
    post: (path, body, headers = {}) => ask(path, { method: 'POST', body, headers }),
    events,
    async inPhase({ id }, phase) {
      const reader = await events()
      let job: JobView | undefined
      await reader.find((event) => {
        const jobs =
          event.type === 'snapshot' ? event.jobs : event.type === 'job' ? [event.job] : []
        job = jobs.find((each) => each.id === id)
        return job !== undefined && (job.phase === phase || job.ended_at !== null)
      })
      reader.close()
      if (job?.ended_at !== null) throw new Error(`it ended: ${JSON.stringify(job)}`)
      return job
    },
    async ended({ id }) {
      for (;;) {
        const { body } = await ask<JobView>(`/api/jobs/${id}?wait=60`)
        if (body.ended_at !== null) return body
      }
    },
    async setFaults(host, faults) {
      const reply = await askAt(`${sandbox.controlUrl}/faults/${host}`, {
        method: 'PUT',
        body: faults,
      })
      if (reply.status !== 200) throw new Error(reply.text)
    },
    containers: async (host) =>
      (await containersOn(hostOf(host))).filter(({ name }) => !PLAIN.has(name)),
    commands,
    kill: () => controller.kill('SIGKILL'),
    async restart() {
      controller = await start()
    },
    close,
  }
}

/** Retries until `look` gives something other than undefined and false, more seldom the longer that takes. */
export async function until<T>(
  look: () => T | Promise<T>,
  what: string,
): Promise<Exclude<T, false | undefined>> {
  const before = Date.now()
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found as Exclude<T, false | undefined>
    const waitedMs = Date.now() - before
    if (waitedMs > 90_000) throw new Error(`never came: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, Math.min(10 + waitedMs / 20, 100)))
  }
}

/** Every service was looked at, every host is connected, every disk is read. */
async function firstLook(url: string): Promise<void> {
  await until(async () => {
    const { body } = await askAt<{ services: ServiceView[] }>(`${url}/api/services`, {})
    return body.services.every(({ state }) => state !== 'unknown')
  }, 'a first look at every service')
  await until(async () => {
    const { body } = await askAt<{ hosts: HostView[] }>(`${url}/api/hosts`, {})
    return body.hosts.every(({ state }) => state === 'ok')
  }, 'a connection to every host')
  await until(async () => {
    const { body } = await askAt<{ errors: unknown[] }>(`${url}/api/models`, {})
    if (body.errors.length > 0) await askAt(`${url}/api/models/rescan`, { method: 'POST' })
    return body.errors.length === 0
  }, 'a scan of every host')
}

async function prepareOwn(dataDir: string, speed: number, write: (yaml: string) => string) {
  const { publicKey } = keepKeyPair(dataDir)
  const sandbox = await spawnSandbox({ dataDir, authorizedKeys: [publicKey], speed })
  const knownHosts = new KnownHosts(join(dataDir, 'ssh', 'known_hosts'))
  for (const { address, sshPort, hostKey } of sandbox.hosts)
    knownHosts.trust(address, sshPort, Buffer.from(hostKey.split(' ')[1] ?? '', 'base64'))
  const folder = join(dataDir, 'config')
  mkdirSync(folder)
  const file = join(folder, 'topology.yaml')
  writeFileSync(file, write(sandbox.topologyYaml))
  return { file, sandbox }
}

const processFile = (dataDir: string): string => join(dataDir, 'sandbox', 'process.json')

const readSandbox = (dataDir: string): SpawnedSandbox =>
  JSON.parse(readFileSync(processFile(dataDir), 'utf8'))

/** Adopts whatever sandbox still runs on this folder and ends it. */
async function endSandbox(dataDir: string): Promise<void> {
  if (!existsSync(processFile(dataDir))) return
  const { pid } = readSandbox(dataDir)
  const isAlive = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  if (!isAlive()) return
  process.kill(pid, 'SIGTERM')
  await until(() => !isAlive(), 'the end of the sandbox')
}

async function askAt<T>(
  url: string,
  { method = 'GET', body, headers, signal }: Asked,
): Promise<Reply<T>> {
  const reply = await fetch(url, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await reply.text()
  const isJson = reply.headers.get('content-type')?.startsWith('application/json') ?? false
  return {
    status: reply.status,
    headers: reply.headers,
    text,
    body: (isJson && text !== '' ? JSON.parse(text) : undefined) as T,
  }
}
