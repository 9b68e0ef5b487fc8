import { createHash } from 'node:crypto'
import type { EngineProcess } from '../engine/world.ts'
import type { LaunchFault } from '../faults.ts'
import { type Pace, randomHex } from '../pace.ts'
import { type ContainerLog, createLog } from './log.ts'

export interface Image {
  /** Name with tag. */
  name: string
  id: string
  createdAt: string
  sizeBytes: number
}

export interface Container {
  id: string
  name: string
  image: Image
  /** What PID 1 runs. */
  command: string[]
  env: Record<string, string>
  mounts: { source: string; target: string; isReadOnly: boolean }[]
  labels: Record<string, string>
  autoRemoves: boolean
  createdAtMs: number
  finishedAtMs?: number
  exitCode: number
  state: 'running' | 'exited' | 'removing'
  pid: number
  log: ContainerLog
  /** What `docker exec` started in it and still runs. */
  processes: Set<EngineProcess>
  /** How its next engine is to fail; taken from the host's faults when the container was made. */
  fault?: LaunchFault | undefined
}

/** What an engine needs of the place it runs in. */
export type EnginePlace = Pick<Container, 'processes' | 'fault' | 'mounts' | 'env'> &
  Partial<Pick<Container, 'id'>>

/** What a new container is made of. */
export type ContainerSpec = Pick<
  Container,
  'name' | 'command' | 'env' | 'mounts' | 'labels' | 'autoRemoves'
> & {
  image: string
}

/** The simulated docker daemon of one host. */
export interface DockerDaemon {
  readonly containers: readonly Container[]
  readonly images: readonly Image[]
  findImage(name: string): Image | undefined
  /** By name, id or the beginning of an id. */
  find(nameOrId: string): Container | undefined
  create(spec: ContainerSpec, image: Image, pid: number): Container
  /** Kills what runs in it; removes it a moment later when it was started with --rm. */
  kill(container: Container, exitCode: number): void
  remove(container: Container): void
}

const IMAGE_NAMES = [
  'vllm-node',
  'vllm-node-b12x',
  'vllm-node-mxfp4',
  'vllm-node-tf5',
  'vllm/vllm-openai',
]

/** A daemon with the images of spark-vllm-docker and vLLM's own, and no container. */
export function createDaemon(pace: Pace, random: () => number): DockerDaemon {
  const images = IMAGE_NAMES.map(makeImage)
  let containers: Container[] = []
  const remove = (container: Container) => {
    containers = containers.filter((each) => each !== container)
    container.log.end()
  }
  return {
    get containers() {
      return containers
    },
    images,
    findImage: (name) =>
      images.find(
        (each) => each.name === withTag(name) || each.id === name || each.id.slice(7, 19) === name,
      ),
    find: (nameOrId) =>
      containers.find((each) => each.name === nameOrId) ??
      (/^[0-9a-f]{4,64}$/.test(nameOrId)
        ? containers.find((each) => each.id.startsWith(nameOrId))
        : undefined),
    create(spec, image, pid) {
      const container: Container = {
        ...spec,
        image,
        id: randomHex(random, 64),
        createdAtMs: Date.now(),
        exitCode: 0,
        state: 'running',
        pid,
        log: createLog(),
        processes: new Set(),
      }
      containers = [...containers, container]
      return container
    },
    kill(container, exitCode) {
      if (container.state !== 'running') return
      container.state = container.autoRemoves ? 'removing' : 'exited'
      container.exitCode = exitCode
      container.finishedAtMs = Date.now()
      for (const process of [...container.processes]) process.kill()
      if (!container.autoRemoves) return container.log.end()
      // --rm is asynchronous: the name stays taken for a moment after the stop
      pace.sleep(300).then(
        () => remove(container),
        () => undefined, // the sandbox closes
      )
    },
    remove,
  }
}

/** `name:latest` unless a tag is given. */
export function withTag(name: string): string {
  return /:[^/]+$/.test(name) ? name : `${name}:latest`
}

function makeImage(name: string): Image {
  return {
    name: `${name}:latest`,
    id: `sha256:${createHash('sha256').update(`sandbox ${name}`).digest('hex')}`,
    createdAt: '2026-10-02T08:14:51.000000000Z',
    sizeBytes: 27_914_203_388,
  }
}
