import type { Cluster, SimHost } from './cluster.ts'
import { execIn } from './docker/exec.ts'
import { runContainer } from './docker/run.ts'
import { CATALOG } from './models/catalog.ts'
import type { Ports } from './ports.ts'

/** Has the cluster serve at once what a fresh one serves: a 35B on spark-1, a small one on spark-2. */
export async function serveFirstModels(cluster: Cluster, ports: Ports): Promise<void> {
  const [first, second] = cluster.hosts
  if (!first || !second) return
  await serve(cluster, first, 'vllm_node', [
    CATALOG.qwen36.repo,
    ...['--port', `${ports.llm}`, '--gpu-memory-utilization', '0.7', '--max-model-len', '131072'],
    ...['--kv-cache-dtype', 'fp8', '--enable-auto-tool-choice', '--tool-call-parser', 'qwen3_xml'],
    ...['--reasoning-parser', 'qwen3'],
  ])
  await serve(cluster, second, 'vllm_node_2', [
    CATALOG.qwen3Small.repo,
    ...['--port', `${ports['llm-2']}`, '--gpu-memory-utilization', '0.08'],
    ...['--max-model-len', '16384', '--kv-cache-dtype', 'fp8', '--max-num-seqs', '8'],
  ])
}

async function serve(
  cluster: Cluster,
  host: SimHost,
  name: string,
  words: string[],
): Promise<void> {
  const silent = { out: () => undefined, err: () => undefined, signal: cluster.closing }
  const cache = `${host.home}/.cache/huggingface`
  const spec = {
    name,
    image: 'vllm-node',
    command: ['sleep', 'infinity'],
    env: { HF_HUB_OFFLINE: '1' },
    mounts: [{ source: cache, target: '/root/.cache/huggingface', isReadOnly: false }],
    labels: {},
    autoRemoves: true,
  }
  await runContainer(silent, host, cluster, spec, true)
  const container = host.docker.find(name)
  if (!container) return
  const line = `vllm serve ${words.join(' ')} >> /proc/1/fd/1 2>&1`
  const settled = new Promise<void>((resolve) => {
    container.log.follow((entry) => {
      if (!entry || /Application startup complete|error/i.test(entry.text)) resolve()
    })
  })
  await execIn(silent, host, cluster, container, ['bash', '-c', line], {}, true)
  await settled // a model that was deleted fails here; the container stays, as on a real host
}
