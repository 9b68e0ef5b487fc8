import type { Cluster } from './cluster.ts'
import { runContainer } from './docker/run.ts'
import type { Ports, ServicePort } from './ports.ts'

/** A container that runs from the start. */
export interface FirstService {
  name: string
  host: 'spark-1' | 'spark-2'
  /** A name of SERVER_IMAGES. */
  image: string
  /** The port it listens on, by its name in ports.ts; the container gets it as PORT. */
  port?: ServicePort
  env?: Record<string, string>
}

/** In the order they are started. */
export const FIRST_SERVICES: readonly FirstService[] = [
  { name: 'board', host: 'spark-2', image: 'notice-board:1.4', port: 'board' },
  { name: 'matrix-bot', host: 'spark-2', image: 'matrix-bot:latest' },
  { name: 'kokoro', host: 'spark-2', image: 'kokoro-fastapi-gpu:0.8.1', port: 'tts' },
  { name: 'bge-m3', host: 'spark-2', image: 'bge-m3-server:1.3', port: 'embeddings' },
  {
    ...{ name: 'reranker', host: 'spark-2', image: 'text-embeddings-inference:1.9' },
    port: 'reranker',
  },
  { name: 'qdrant', host: 'spark-2', image: 'qdrant/qdrant:v1.19.0', port: 'qdrant' },
  { name: 'parakeet-asr', host: 'spark-2', image: 'parakeet-asr:0.6b-v3', port: 'asr' },
  { name: 'diarizer', host: 'spark-2', image: 'sortformer:4spk-v2', port: 'diarizer' },
]

/** Starts them, as a host does after it was switched on: they come back after a reboot. */
export async function startFirstServices(cluster: Cluster, ports: Ports): Promise<void> {
  await Promise.all(FIRST_SERVICES.map((service) => startOne(service, cluster, ports)))
}

async function startOne(service: FirstService, cluster: Cluster, ports: Ports): Promise<void> {
  const host = cluster.hosts.find(({ id }) => id === service.host)
  if (!host) return
  const silent = { out: () => undefined, err: () => undefined, signal: cluster.closing }
  const spec = {
    name: service.name,
    image: service.image,
    command: [],
    env: {
      ...service.env,
      ...(service.port && { PORT: `${ports.services[service.port]}` }),
    },
    mounts: [],
    labels: {},
    autoRemoves: false,
    restartPolicy: 'unless-stopped' as const,
  }
  await runContainer(silent, host, cluster, spec, true)
  await host.docker.find(service.name)?.booted
}
