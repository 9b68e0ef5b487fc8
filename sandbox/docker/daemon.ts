import { createHash } from 'node:crypto'
import type { EngineProcess } from '../engine/world.ts'
import type { LaunchFault } from '../faults.ts'
import { SERVER_IMAGES } from '../images.ts'
import { type Pace, randomHex } from '../pace.ts'
import { type ContainerLog, createLog } from './log.ts'

export interface Image {
  /** Name with tag. */
  name: string
  id: string
  createdAt: string
  sizeBytes: number
  /** Its ENV, where it was built here. */
  env?: Record<string, string>
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
  startedAtMs: number
  finishedAtMs?: number
  /** Whether it is started again when it ends by itself, or the host restarts. */
  restartPolicy?: RestartPolicy
  /** How often it was started again by its policy. */
  restarts: number
  /** Of an image with HEALTHCHECK. */
  health?: 'starting' | 'healthy'
  /** Resolves when its server answers or has ended; of plain servers only. */
  booted?: Promise<void>
  exitCode: number
  state: 'running' | 'exited' | 'removing'
  pid: number
  log: ContainerLog
  /** What `docker exec` started in it and still runs. */
  processes: Set<EngineProcess>
  /** How its next engine is to fail; taken from the host's faults when the container was made. */
  fault?: LaunchFault | undefined
}

export type RestartPolicy = 'no' | 'unless-stopped'

/** What `docker events` tells of a container. */
export interface DockerEvent {
  action: 'create' | 'start' | 'kill' | 'die' | 'stop' | 'restart' | 'destroy' | HealthEvent
  container: Container
  atMs: number
}
type HealthEvent = `health_status: ${'healthy' | 'unhealthy'}`

/** What an engine needs of the place it runs in. */
export type EnginePlace = Pick<Container, 'processes' | 'fault' | 'mounts' | 'env'> &
  Partial<Pick<Container, 'id'>>

/** What a new container is made of. */
export type ContainerSpec = Pick<
  Container,
  'name' | 'command' | 'env' | 'mounts' | 'labels' | 'autoRemoves' | 'restartPolicy'
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
  /** Gives an image one more name, taken from whichever had it. */
  tag(image: Image, name: string): void
  create(spec: ContainerSpec, image: Image, pid: number): Container
  /** Takes a container that has ended as running again; what runs in it is the caller's. */
  start(container: Container, pid: number): void
  /** Tells whoever watches. */
  tell(action: DockerEvent['action'], container: Container): void
  /** Calls back at every event; returns how to leave. */
  watch(listener: (event: DockerEvent) => void): () => void
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
  let images = [
    ...IMAGE_NAMES.map((name) => makeImage(name, ENGINE_IMAGE_BYTES)),
    ...Object.keys(SERVER_IMAGES).map((name) => makeImage(name, SERVER_IMAGE_BYTES)),
  ]
  let containers: Container[] = []
  const listeners = new Set<(event: DockerEvent) => void>()
  const tell: DockerDaemon['tell'] = (action, container) => {
    for (const listener of [...listeners]) listener({ action, container, atMs: Date.now() })
  }
  const remove = (container: Container) => {
    if (!containers.includes(container)) return
    containers = containers.filter((each) => each !== container)
    container.log.end()
    tell('destroy', container)
  }
  return {
    get containers() {
      return containers
    },
    get images() {
      return images
    },
    tag(image, name) {
      const named = { ...image, name: withTag(name) }
      images = [...images.filter((each) => each.name !== named.name), named]
    },
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
        startedAtMs: Date.now(),
        restarts: 0,
        exitCode: 0,
        state: 'running',
        pid,
        log: createLog(),
        processes: new Set(),
      }
      containers = [...containers, container]
      tell('create', container)
      tell('start', container)
      return container
    },
    start(container, pid) {
      container.log.reopen()
      Object.assign(container, { state: 'running', pid, exitCode: 0, startedAtMs: Date.now() })
      tell('start', container)
    },
    tell,
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    kill(container, exitCode) {
      if (container.state !== 'running') return
      container.state = container.autoRemoves ? 'removing' : 'exited'
      container.exitCode = exitCode
      container.finishedAtMs = Date.now()
      for (const process of [...container.processes]) process.kill()
      tell('die', container)
      if (!container.autoRemoves) return container.log.end()
      // --rm is asynchronous: the name stays taken for a moment after the stop
      pace.sleep(300).then(
        () => container.state === 'removing' && remove(container),
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

const ENGINE_IMAGE_BYTES = 27_914_203_388
const SERVER_IMAGE_BYTES = 1_208_433_271

function makeImage(name: string, sizeBytes: number): Image {
  return {
    name: withTag(name),
    id: `sha256:${createHash('sha256').update(`sandbox ${name}`).digest('hex')}`,
    createdAt: '2026-10-02T08:14:51.000000000Z',
    sizeBytes,
  }
}
