import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster, SimHost, ToolCall } from '../cluster.ts'
import type { LaunchOptions } from './options.ts'

/** A node as the launcher knows it. */
export interface Node {
  address: string
  host: SimHost
}

/** One run of the launcher. */
export interface Launch {
  call: ToolCall
  cluster: Cluster
  options: LaunchOptions
  head: Node
  peers: Node[]
  /** Printable command. */
  command: string
}

/** Head and workers, head first; undefined when they cannot be had, which was said. */
export function chooseNodes(
  call: ToolCall,
  options: LaunchOptions,
  host: SimHost,
  cluster: Cluster,
  dotenv: Map<string, string>,
): Node[] | undefined {
  const say = (text: string) => call.out(`${text}\n`)
  if (options.isSolo) {
    say('Solo mode enabled. Skipping node detection.')
    return [{ address: dotenv.get('LOCAL_IP') ?? '127.0.0.1', host }]
  }
  const others = cluster.hosts.filter((each) => each !== host)
  const text = options.nodes ?? dotenv.get('CLUSTER_NODES')
  if (text === undefined) say('Auto-detecting nodes...')
  const addresses = (text ?? [host, ...others].map((each) => each.fabric).join(','))
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  const nodes: Node[] = []
  for (const address of addresses) {
    const named = cluster.hosts.find((each) => each.fabric === address || each.id === address)
    // Both hosts are 127.0.0.1 to the outside: the first one means this host, the next another.
    const free = [host, ...others].find((each) => !nodes.some((node) => node.host === each))
    const found = named ?? (address === '127.0.0.1' || address === 'localhost' ? free : undefined)
    if (!found) {
      say(`Error: Passwordless SSH to ${address} failed.`)
      say('  Please ensure SSH keys are configured and the host is reachable.')
      return undefined
    }
    nodes.push({ address, host: found })
  }
  if (!nodes.some((node) => node.host === host)) {
    say(`Error: Local IP (${host.fabric}) is not in the list of nodes (${addresses.join(',')}).`)
    return undefined
  }
  if (nodes.length === 1) {
    say('Only local node detected/configured. Activating solo mode (no Ray cluster).')
  }
  return nodes.toSorted((a, b) => Number(b.host === host) - Number(a.host === host))
}

/** Whether every worker answers by SSH. */
export async function checkPeers({ call, cluster, peers }: Launch): Promise<boolean> {
  if (peers.length > 0) call.out('Checking SSH connectivity to worker nodes...\n')
  for (const { address, host } of peers) {
    const { ssh } = host.faults.current()
    if (ssh === 'refuse' || ssh === 'freeze') {
      await cluster.pace.sleep(ssh === 'freeze' ? 5000 : 100)
      call.out(`Error: Passwordless SSH to ${address} failed.\n`)
      call.out('  Please ensure SSH keys are configured and the host is reachable.\n')
      return false
    }
    call.out(`  SSH to ${address}: OK\n`)
  }
  return true
}

/** Reads `.env` of the launcher into options and values; undefined when it is malformed. */
export function readDotenv(
  call: ToolCall,
  options: LaunchOptions,
  host: SimHost,
): Map<string, string> | undefined {
  const values = new Map<string, string>()
  const file = options.configFile ?? join(host.home, 'spark-vllm-docker', '.env')
  if (!existsSync(file)) return values
  call.out('Loading configuration from .env file...\n')
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const [, key, value = ''] = /^\s*([A-Za-z_]\w*)\s*=(.*)$/.exec(line) ?? []
    if (key === undefined || values.has(key)) {
      call.out('Error: Invalid .env file syntax. Aborting.\n')
      return undefined
    }
    values.set(key, value.trim().replace(/^(["'])(.*)\1$/, '$2'))
  }
  const names = [...values.keys()].map((key) => `DOTENV_${key} `)
  call.out(`Loaded .env variables: ${names.join('')}\n`)
  const name = values.get('CONTAINER_NAME')
  if (name !== undefined && options.name === 'vllm_node') options.name = name
  for (const [key, value] of values) {
    if (!key.startsWith('CONTAINER_') || key === 'CONTAINER_NAME') continue
    options.env.push(`${key.slice('CONTAINER_'.length)}=${value}`)
    call.out(`Adding container env: ${key.slice('CONTAINER_'.length)}\n`)
  }
  return values
}

/** `--launch-script`: its text becomes the command. */
export function readScript(call: ToolCall, options: LaunchOptions, host: SimHost): boolean {
  const name = options.launchScript ?? ''
  const examples = join(host.home, 'spark-vllm-docker', 'examples')
  const file = [
    join(call.cwd, name),
    name,
    join(examples, name),
    join(examples, `${name}.sh`),
  ].find((each) => existsSync(each))
  if (file === undefined) {
    call.out(`Error: Launch script '${name}' not found.\n`)
    return false
  }
  call.out(`Using launch script: ${file}\n`)
  options.command = ['bash', '-c', readFileSync(file, 'utf8')]
  options.action = 'exec'
  return true
}
