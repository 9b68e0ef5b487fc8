import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join, resolve } from 'node:path'
import { obeyKeyFault } from './bot/deploy-key.ts'
import { plantBot } from './bot/plant-bot.ts'
import type { Cluster, SimHost } from './cluster.ts'
import { createControl } from './control.ts'
import { bootAgain } from './docker/boot.ts'
import { type Container, createDaemon } from './docker/daemon.ts'
import { docker } from './docker/docker.ts'
import { hostVllm } from './engine/host-vllm.ts'
import { createFaultBox } from './faults.ts'
import { serveFirstModels } from './first-models.ts'
import { startFirstServices } from './first-services.ts'
import { keepClockFiles } from './host/clock-files.ts'
import { createGpu } from './host/gpu.ts'
import { createMemory, obeyMemoryFault, writeMeminfo } from './host/memory.ts'
import { obeyRebootFault } from './host/reboot.ts'
import { type SshServer, startSshServer } from './host/ssh-server.ts'
import { hf } from './launch/hf.ts'
import { hfDownload } from './launch/hf-download.ts'
import { launchCluster } from './launch/launch-cluster.ts'
import { rsync } from './launch/rsync.ts'
import { holdLock } from './lock.ts'
import { plantFirstModels } from './models/plant.ts'
import { createPace, createRandom, type Pace } from './pace.ts'
import { type ClaimedPorts, claimPorts, closeServer, type Ports } from './ports.ts'
import { startGate } from './stand-ins/gate.ts'
import { installStandIns } from './stand-ins/scripts.ts'
import { type SandboxHost, writeTopology } from './topology.ts'

/** How a sandbox is started. */
export interface SandboxOptions {
  /** The sandbox keeps everything in the folder `sandbox` of it. */
  dataDir: string
  /** Public keys that may log in, in OpenSSH form. */
  authorizedKeys: readonly string[]
  /** Times faster than a real cluster; default 1. */
  speed?: number
  /** Single ports instead of the kept ones. */
  ports?: Partial<Ports>
  /** Makes ids reproducible. */
  seed?: number
  /** What a fresh cluster has: models that serve (the default), models on disk, nothing. */
  first?: 'serving' | 'planted' | 'nothing'
}

/** A running sandbox. */
export interface Sandbox {
  topologyYaml: string
  hosts: SandboxHost[]
  ports: Ports
  /** Base URL of the control API. */
  controlUrl: string
  /** Tells this run from an earlier one; the control API answers it too. */
  instance: string
  /** How many SSH connections are open. */
  visitors(): number
  /** Ends everything: no process, no port is left. */
  close(): Promise<void>
}

const HOST_IDS = ['spark-1', 'spark-2']
const USER = 'sandbox'
const BOT_HOST = 'spark-2'

/** Starts the simulated cluster in this process. One at a time for a data folder. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const root = join(resolve(options.dataDir), 'sandbox')
  mkdirSync(root, { recursive: true })
  chmodSync(root, 0o700) // the tokens of the stand-ins lie here
  const releaseLock = await holdLock(root)
  const closing = new AbortController()
  const undo: (() => unknown)[] = [releaseLock]
  const close = async () => {
    closing.abort(new Error('the sandbox closes'))
    while (undo.length > 0) await undo.pop()?.()
  }
  try {
    return await build(options, root, closing, undo, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function build(
  options: SandboxOptions,
  root: string,
  closing: AbortController,
  undo: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Sandbox> {
  const random = createRandom(options.seed ?? Date.now() ^ process.pid)
  const pace = createPace(options.speed ?? 1, closing.signal)
  const hosts: SimHost[] = []
  const facts = {
    instance: randomUUID(),
    speed: pace.speed,
    topologyYaml: '',
    hosts: [] as SandboxHost[],
  }
  const { ports, control } = await claim(root, hosts, () => facts, random, options.ports)
  undo.push(() => {
    control.closeAllConnections()
    return closeServer(control)
  })
  const hubUrl = `http://127.0.0.1:${ports.control}/hub`
  const boot = (host: SimHost, container: Container) => bootAgain(container, host, cluster)
  hosts.push(
    ...HOST_IDS.map((id, index) =>
      createHost(root, id, index, pace, random, closing.signal, hubUrl, boot),
    ),
  )
  if (options.first !== 'nothing') plantFirstModels(hosts)
  const botHost = hosts.find(({ id }) => id === BOT_HOST)
  const hasBotSource = options.first !== 'nothing' && botHost !== undefined && plantBot(botHost)
  // Above what Linux and macOS give out, so that no `kill` by number hits a real process.
  let pid = 5_000_000
  const cluster: Cluster = {
    hosts,
    pace,
    random,
    worlds: new Map(),
    nextPid: () => ++pid,
    closing: closing.signal,
  }
  const tools = {
    docker,
    'launch-cluster.sh': launchCluster,
    'hf-download.sh': hfDownload,
    vllm: hostVllm,
    hf,
    rsync,
  }
  const gate = await startGate(cluster, ports.gate, tools)
  undo.push(gate.close)
  undo.push(() => killContainers(hosts))
  if ((options.first ?? 'serving') === 'serving')
    await pace.skip(() =>
      Promise.all([serveFirstModels(cluster, ports), startFirstServices(cluster, ports)]),
    )
  const servers: SshServer[] = []
  for (const host of hosts) {
    authorize(host.home, options.authorizedKeys)
    const ssh = await startSshServer(host, ports.ssh[host.id] ?? 0, USER)
    undo.push(ssh.close)
    servers.push(ssh)
    facts.hosts.push(describe(host, ports, ssh))
  }
  facts.topologyYaml = writeTopology(facts.hosts, ports, hasBotSource)
  return {
    topologyYaml: facts.topologyYaml,
    hosts: facts.hosts,
    ports,
    instance: facts.instance,
    controlUrl: `http://127.0.0.1:${ports.control}`,
    visitors: () => servers.reduce((sum, each) => sum + each.visitors(), 0),
    close,
  }
}

function claim(
  root: string,
  hosts: readonly SimHost[],
  facts: Parameters<typeof createControl>[1],
  random: () => number,
  wanted: Partial<Ports> | undefined,
): Promise<ClaimedPorts<Server>> {
  return claimPorts(root, HOST_IDS, () => createControl({ hosts }, facts), random, wanted)
}

function createHost(
  root: string,
  id: string,
  index: number,
  pace: Pace,
  random: () => number,
  closing: AbortSignal,
  hubUrl: string,
  boot: (host: SimHost, container: Container) => void,
): SimHost {
  const folder = join(root, id)
  const proc = join(folder, 'proc')
  const run = join(folder, 'run')
  const gpu = createGpu(run, proc, `5a4d0000-0000-4000-8000-00000000000${index + 1}`)
  const memory = createMemory((changed) => {
    if (!closing.aborted) writeMeminfo(proc, changed)
  })
  writeMeminfo(proc, memory)
  const startClock = keepClockFiles(proc, gpu, closing)
  const host: SimHost = {
    id,
    root: folder,
    home: join(folder, 'home'),
    bin: join(folder, 'bin'),
    proc,
    run,
    cgroup: join(folder, 'cgroup'),
    fabric: `192.168.177.${11 + index}`,
    memory,
    gpu,
    docker: createDaemon(pace, random),
    faults: createFaultBox(),
    hubUrl,
  }
  installStandIns(host)
  obeyKeyFault(host)
  obeyMemoryFault(memory, host.faults)
  obeyRebootFault(host, startClock, (container) => boot(host, container))
  return host
}

/** Adds keys to a host's `~/.ssh/authorized_keys`, which its SSH server reads at every login. */
export function authorize(home: string, keys: readonly string[]): void {
  const folder = join(home, '.ssh')
  const file = join(folder, 'authorized_keys')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  let known: string[] = []
  try {
    known = readFileSync(file, 'utf8').split('\n')
  } catch {
    // none yet
  }
  const all = new Set([...known, ...keys].map((key) => key.trim()).filter((key) => key !== ''))
  writeFileSync(file, `${[...all].join('\n')}\n`, { mode: 0o600 })
}

function describe(host: SimHost, ports: Ports, ssh: SshServer): SandboxHost {
  return {
    id: host.id,
    address: '127.0.0.1',
    sshPort: ports.ssh[host.id] ?? 0,
    user: USER,
    hostKey: ssh.hostKey,
    fabric: host.fabric,
    home: host.home,
  }
}

function killContainers(hosts: readonly SimHost[]): void {
  for (const host of hosts) {
    for (const container of host.docker.containers) host.docker.kill(container, 137)
  }
}
