import { join } from 'node:path'
import type { SimHost } from '../cluster.ts'
import type { Container } from '../docker/daemon.ts'
import { parseEnv } from '../docker/exec.ts'
import { parseMount, runContainer } from '../docker/run.ts'
import { quoteWord } from '../docker/shell-words.ts'
import type { Launch } from './nodes.ts'

/** Starts the containers. True when they ran before; undefined when the launch was given up. */
export async function startContainers(launch: Launch): Promise<boolean | undefined> {
  const { call, cluster, options, head, peers } = launch
  const say = (text: string) => call.out(`${text}\n`)
  let isRunning = false
  for (const { address, host } of [head, ...peers]) {
    if (host.docker.find(options.name)?.state !== 'running') continue
    const role = host === head.host ? 'head' : 'worker'
    say(`Warning: Container '${options.name}' is already running on ${role} node (${address}).`)
    isRunning = true
  }
  if (isRunning) {
    say('Cluster containers are already running. Skipping launch.')
    return true
  }
  if (peers.length > 0 && !compareImages(launch)) return undefined
  for (const node of [head, ...peers]) {
    say(`Starting ${node === head ? 'Head' : 'Worker'} Node on ${node.address}...`)
    const spec = {
      name: options.name,
      image: options.image,
      command: ['sleep', 'infinity'],
      env: Object.fromEntries(
        [`VLLM_HOST_IP=${node.address}`, 'NCCL_IGNORE_CPU_AFFINITY=1', ...options.env].map(
          parseEnv,
        ),
      ),
      mounts: mountsFor(launch, node.host),
      labels: {},
      autoRemoves: true,
    }
    // Its exit status is not looked at, as in the real script.
    await runContainer(call, node.host, cluster, spec, true)
  }
  for (const mod of options.mods) {
    for (const { address } of [head, ...peers]) {
      say(`Applying mod '${mod.replace(/\/$/, '').replace(/.*\//, '')}' to ${address}...`)
    }
  }
  await cluster.pace.sleep(2000)
  return false
}

/** What the launcher mounts on a host. */
export function mountsFor({ call, options }: Launch, host: SimHost): Container['mounts'] {
  const cache = call.env.HF_HOME || join(host.home, '.cache/huggingface')
  const extra = (call.env.VLLM_SPARK_EXTRA_DOCKER_ARGS ?? '').split(/\s+/)
  const fromEnv = extra.flatMap((word, index) => {
    const next = extra[index + 1]
    return (word === '-v' || word === '--volume') && next ? [next] : []
  })
  const caches = options.mountsCaches
    ? ['.cache/vllm', '.cache/flashinfer', '.triton', '.tilelang']
    : []
  return [
    `${cache}:/root/.cache/huggingface`,
    ...fromEnv,
    ...caches.map((each) => `${join(host.home, each)}:/root/${each}`),
    ...options.volumes,
  ].map(parseMount)
}

function compareImages({ call, options, head, peers }: Launch): boolean {
  const say = (text: string) => call.out(`${text}\n`)
  const imageOn = (host: SimHost) =>
    host.faults.current().next_launch === 'missing-image'
      ? undefined
      : host.docker.findImage(options.image)
  say('Verifying Docker image consistency across cluster nodes...')
  const own = imageOn(head.host)
  if (!own) {
    head.host.faults.takeLaunch()
    say(`Error: Could not inspect image '${options.image}' on head node (${head.address}).`)
    say('       Make sure the image exists and is accessible to the current user.')
    return false
  }
  say(`  [HEAD] ${head.address}: ${own.id}`)
  let isSame = true
  for (const { address, host } of peers) {
    const image = imageOn(host)
    if (image?.id === own.id) say(`  [WORKER] ${address}: ${image.id} (match)`)
    else {
      host.faults.takeLaunch()
      say(`Error: Could not inspect image '${options.image}' on worker node (${address}).`)
      say('       The image may be missing or inaccessible to the remote user.')
      isSame = false
    }
  }
  if (!isSame) {
    say(`Error: Cluster launch aborted because image '${options.image}' is not in sync.`)
    say(
      `       Sync it with: ./build-and-copy.sh --no-build -t ${quoteWord(options.image)} --copy-to <worker-hosts>`,
    )
    return false
  }
  say('Docker image consistency check passed.')
  return true
}
