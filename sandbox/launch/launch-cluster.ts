import type { Cluster, Tool, ToolCall } from '../cluster.ts'
import type { Container } from '../docker/daemon.ts'
import { execIn } from '../docker/exec.ts'
import { quoteWord } from '../docker/shell-words.ts'
import { stopContainer } from '../docker/stop.ts'
import { mountsFor, startContainers } from './containers.ts'
import { checkPeers, chooseNodes, type Launch, type Node, readDotenv, readScript } from './nodes.ts'
import { parseLaunch, USAGE } from './options.ts'

/** `launch-cluster.sh` of spark-vllm-docker: messages, order and exit codes as the real script's. */
export const launchCluster: Tool = async (call, host, cluster) => {
  const say = (text: string) => call.out(`${text}\n`)
  const options = parseLaunch(call.args)
  if (!('command' in options)) {
    if (options.message) say(options.message)
    if (options.withUsage) call.out(USAGE)
    return 1
  }
  const dotenv = readDotenv(call, options, host)
  if (!dotenv) return 1
  if (options.launchScript !== undefined && !readScript(call, options, host)) return 1
  const nodes = chooseNodes(call, options, host, cluster, dotenv)
  if (!nodes) return 1
  const [head, ...peers] = nodes
  if (!head) return 1
  if (peers.length === 0 && options.ray) {
    say(`Error: --${options.ray} is incompatible with --solo or a single-node configuration.`)
    return 1
  }
  say(`Head Node: ${head.address}`)
  say(`Worker Nodes: ${peers.map((each) => each.address).join(' ')}`)
  say(`Container Name: ${options.name}`)
  say(`Image Name: ${options.image}`)
  say(`Action: ${options.action}`)
  const command = `${options.command.map(quoteWord).join(' ')} `
  const launch: Launch = { call, cluster, options, head, peers, command }
  const isStarting = options.action === 'start' || options.action === 'exec'
  if ((isStarting || options.checksConfig) && !(await checkPeers(launch))) return 1
  if (options.action === '' && !options.checksConfig) {
    say('Error: No action specified. Use: start | stop | status | exec')
    call.out(USAGE)
    return 1
  }
  if (options.checksConfig) return printConfig(launch)
  if (options.action === 'stop') return stopAll(launch)
  if (options.action === 'status') return printStatus(launch)
  if (options.ray === 'ray') {
    say('Error: --ray is not simulated by the sandbox; leave it out.')
    return 1
  }
  return options.action === 'start' ? startOnly(launch) : startAndExec(launch)
}

async function startAndExec(launch: Launch): Promise<number> {
  const { call, options, command } = launch
  const say = (text: string) => call.out(`${text}\n`)
  if (launch.peers.length > 0) {
    const sizes = parallelSizes(options.command)
    if (sizes) {
      const total = 1 + launch.peers.length
      const wanted = sizes.tp * sizes.pp * sizes.dp
      const formula = `(tp=${sizes.tp} * pp=${sizes.pp} * dp=${sizes.dp})`
      if (wanted > total) {
        say(
          `Error: Command requires ${wanted} nodes ${formula} but only ${total} node(s) are configured.`,
        )
        return 1
      }
      if (wanted < total) {
        say(
          `Note: Command requires ${wanted} node(s) ${formula}; using ${wanted} of ${total} configured node(s).`,
        )
        launch.peers = launch.peers.slice(0, wanted - 1)
      }
    }
  }
  const wasRunning = await startContainers(launch)
  if (wasRunning === undefined) return 1
  say(`Executing command: ${command}`)
  const status = await execute(launch)
  // In the foreground the script stops what it started when its command ends.
  if (!options.isDaemon && !wasRunning) await stopAll(launch)
  return status
}

async function execute(launch: Launch): Promise<number> {
  const { call, cluster, options, head, peers, command } = launch
  const dispatched = `Command dispatched in background (Daemon mode). Container: ${options.name}\n`
  if (peers.length === 0 || !command.includes('vllm serve')) {
    const status = await execOn(launch, head, options.command, options.isDaemon)
    if (!options.isDaemon) return status
    call.out(dispatched) // whatever became of it: the script does not look
    return 0
  }
  const plain = dropBackend(options.command)
  const common = ['--nnodes', `${peers.length + 1}`]
  const master = ['--master-addr', head.address, '--master-port', options.masterPort]
  for (const [index, peer] of peers.entries()) {
    call.out(`Launching worker (rank ${index + 1}) on ${peer.address}...\n`)
    const rank = ['--node-rank', `${index + 1}`]
    await execOn(launch, peer, [...plain, ...common, ...rank, ...master, '--headless'], true)
  }
  const words = [...plain, ...common, '--node-rank', '0', ...master]
  call.out(`Executing command on head node (rank 0): ${words.map(quoteWord).join(' ')}\n`)
  if ((await execOn(launch, head, words, true)) !== 0) {
    call.err(`Error: failed to start the command inside container '${options.name}'.\n`)
    return 1
  }
  if (options.isDaemon) {
    call.out(dispatched)
    return 0
  }
  return followUntilGone(cluster, call, head.host.docker.find(options.name))
}

function execOn(launch: Launch, node: Node, words: string[], isDetached: boolean): Promise<number> {
  const { call, cluster, options } = launch
  const container = node.host.docker.find(options.name)
  if (!container) {
    call.err(`Error response from daemon: No such container: ${options.name}\n`)
    return Promise.resolve(1)
  }
  const line = `${words.map(quoteWord).join(' ')}${isDetached ? ' >> /proc/1/fd/1 2>&1' : ''}`
  return execIn(call, node.host, cluster, container, ['bash', '-c', line], {}, isDetached)
}

async function startOnly(launch: Launch): Promise<number> {
  const { call, cluster, options, head } = launch
  if ((await startContainers(launch)) === undefined) return 1
  if (options.isDaemon) {
    call.out('Cluster started in background (Daemon mode).\n')
    return 0
  }
  call.out('Cluster started. Tailing logs from head node...\n')
  call.out('Press Ctrl+C to stop the cluster.\n')
  const status = await followUntilGone(cluster, call, head.host.docker.find(options.name))
  await stopAll(launch)
  return status
}

function followUntilGone(
  cluster: Cluster,
  call: ToolCall,
  container: Container | undefined,
): Promise<number> {
  return new Promise((resolve) => {
    if (!container) return resolve(1)
    const leave = container.log.follow((entry) => {
      if (entry) call.out(`${entry.text}\n`)
      else resolve(1)
    })
    for (const signal of [call.signal, cluster.closing]) {
      signal.addEventListener('abort', () => {
        leave()
        resolve(1)
      })
    }
  })
}

async function stopAll({ call, cluster, options, head, peers }: Launch): Promise<number> {
  call.out(`\nStopping cluster...\nStopping head node (${head.address})...\n`)
  for (const node of [head, ...peers]) {
    if (node !== head) call.out(`Stopping worker node (${node.address})...\n`)
    const container = node.host.docker.find(options.name)
    if (container?.state === 'running') await stopContainer(container, node.host, cluster, 10)
  }
  call.out('Cluster stopped.\n')
  return 0
}

function printStatus({ call, options, head, peers }: Launch): number {
  call.out('Checking status...\n')
  for (const node of [head, ...peers]) {
    const role = node === head ? 'HEAD' : 'WORKER'
    // A substring of the whole row, as the script's grep has it.
    const isRunning = node.host.docker.containers.some(
      (each) =>
        each.state === 'running' && `${each.image.name} ${each.name}`.includes(options.name),
    )
    const state = isRunning ? 'RUNNING' : 'NOT running'
    call.out(`[${role}] ${node.address}: Container '${options.name}' is ${state}.\n`)
  }
  if (peers.length === 0 && head.host.docker.find(options.name)) {
    call.out('--- Ray Status ---\nFailed to get ray status.\n------------------\n')
  }
  return 0
}

function printConfig(launch: Launch): number {
  const { call, options, head } = launch
  const mounts = mountsFor(launch, head.host).map((each) => `-v ${each.source}:${each.target}`)
  const args = [...options.env.map((each) => `-e ${each}`), ...mounts].join(' ')
  call.out(
    `Configuration Check Complete.\n  Image Name: ${options.image}\n  ETH Interface: enp1s0f0np0\n  IB Interface: rocep1s0f0\n  Docker Args: ${args}\n  Docker Network: host\n`,
  )
  return 0
}

function parallelSizes(
  words: readonly string[],
): { tp: number; pp: number; dp: number } | undefined {
  const sizes = { tp: 1, pp: 1, dp: 1 }
  let isFound = false
  const flat = words.flatMap((word) => (word.startsWith('--') ? word.split('=') : [word]))
  flat.forEach((word, index) => {
    const [, short, long] =
      /^(?:-(tp|pp|dp)|--(tensor|pipeline|data)-parallel-size)$/.exec(word) ?? []
    const key = (short ?? (long && `${long[0]}p`)) as keyof typeof sizes | undefined
    const size = flat[index + 1] ?? ''
    if (!key || !/^\d+$/.test(size)) return
    sizes[key] = Number(size)
    isFound = true
  })
  return isFound ? sizes : undefined
}

function dropBackend(words: readonly string[]): string[] {
  const name = '--distributed-executor-backend'
  return words.filter(
    (word, index) => word !== name && !word.startsWith(`${name}=`) && words[index - 1] !== name,
  )
}
