import type { Tool } from '../cluster.ts'
import { compose } from './compose.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { FormatError, formatGo } from './go-format.ts'
import { kill, logs, restart, rm, start, stop, top, waitFor } from './lifecycle.ts'
import { images, inspect, ps } from './list.ts'
import { run } from './run.ts'
import { tag } from './tag.ts'

const VERSION = '28.3.3'

const COMMANDS: Readonly<Record<string, Tool>> = {
  ps,
  images,
  inspect: inspect('any'),
  start,
  stop,
  restart,
  events,
  tag,
  kill,
  rm,
  compose,
  wait: waitFor,
  logs,
  top,
  run,
  exec,
  pull: (call) => {
    const name = call.args.at(-1) ?? ''
    if (!/:[^/]+$/.test(name)) call.out('Using default tag: latest\n')
    call.err(
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host\n',
    )
    return 1
  },
  version: (call) =>
    printFormatted(call, { Client: { Version: VERSION }, Server: { Version: VERSION } }),
  info: (call, host) =>
    printFormatted(call, {
      Name: host.id,
      ServerVersion: VERSION,
      Containers: host.docker.containers.length,
      ContainersRunning: host.docker.containers.filter((each) => each.state === 'running').length,
      Runtimes: { nvidia: { path: 'nvidia-container-runtime' }, runc: { path: 'runc' } },
      DefaultRuntime: 'runc',
      OperatingSystem: 'NVIDIA DGX OS (simulated by Spark Control)',
      Architecture: 'aarch64',
      MemTotal: host.memory.totalBytes,
    }),
}

/** `docker system df`, its line of images: nothing else here takes of the disk. */
const diskUse: Tool = (call, host) => {
  const bytes = host.docker.images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const row = {
    Type: 'Images',
    TotalCount: String(host.docker.images.length),
    Size: `${(bytes / 1e9).toPrecision(4)}GB`,
  }
  return printFormatted(call, row)
}

const GROUPS: Readonly<Record<string, Readonly<Record<string, Tool>>>> = {
  container: { ...COMMANDS, ls: ps, list: ps, inspect: inspect('container') },
  system: { df: diskUse },
  image: { ls: images, list: images, inspect: inspect('image') },
}

/** The `docker` program of a host. */
export const docker: Tool = (call, host, cluster) => {
  const [word = '', ...rest] = call.args
  if (word === '--version' || word === '-v') {
    call.out(`Docker version ${VERSION}, build 980b856\n`)
    return 0
  }
  const group = Object.hasOwn(GROUPS, word) ? GROUPS[word] : undefined
  const name = group ? (rest[0] ?? '') : word
  const commands = group ?? COMMANDS
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) {
    call.err(
      `docker: unknown command: docker ${[word, group ? name : ''].join(' ').trim()}\n\nRun 'docker --help' for more information\n`,
    )
    return 1
  }
  const fault = host.faults.current().docker
  if (fault === 'down') {
    call.err(
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    )
    return 1
  }
  if (fault === 'denied') {
    call.err(
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.51/containers/json": dial unix /var/run/docker.sock: connect: permission denied\n',
    )
    return 1
  }
  return command({ ...call, args: group ? rest.slice(1) : rest }, host, cluster)
}

function printFormatted(call: Parameters<Tool>[0], value: Record<string, unknown>): number {
  const at = call.args.findIndex((word) => word === '--format' || word === '-f')
  const inline = call.args.find((word) => word.startsWith('--format='))
  const format = inline?.slice('--format='.length) ?? (at >= 0 ? call.args[at + 1] : undefined)
  if (format === undefined || format === 'json') {
    call.out(`${JSON.stringify(value)}\n`)
    return 0
  }
  try {
    call.out(`${formatGo(format, value)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    call.err(`${error.message}\n`)
    return error.status
  }
}
