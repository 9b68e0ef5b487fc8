import type { Container, Image } from './daemon.ts'
import { rfc3339Nano } from './log.ts'

/** What `docker inspect` shows of a container; Health only where its image has a HEALTHCHECK. */
export function inspectContainer(container: Container): Record<string, unknown> {
  const isRunning = container.state === 'running'
  return {
    Id: container.id,
    Created: rfc3339Nano(container.createdAtMs),
    Path: container.command[0] ?? '',
    Args: container.command.slice(1),
    State: {
      Status: container.state,
      Running: isRunning,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: isRunning ? container.pid : 0,
      ExitCode: container.exitCode,
      Error: '',
      StartedAt: rfc3339Nano(container.startedAtMs),
      FinishedAt:
        container.finishedAtMs === undefined
          ? '0001-01-01T00:00:00Z'
          : rfc3339Nano(container.finishedAtMs),
      ...(container.health && { Health: { Status: container.health, FailingStreak: 0, Log: [] } }),
    },
    Image: container.image.id,
    Name: `/${container.name}`,
    RestartCount: container.restarts,
    HostConfig: {
      Binds: container.mounts.map(
        (mount) => `${mount.source}:${mount.target}${mount.isReadOnly ? ':ro' : ''}`,
      ),
      NetworkMode: 'host',
      RestartPolicy: { Name: container.restartPolicy ?? 'no', MaximumRetryCount: 0 },
      AutoRemove: container.autoRemoves,
      Privileged: true,
      IpcMode: 'host',
    },
    Mounts: container.mounts.map((mount) => ({
      Type: 'bind',
      Source: mount.source,
      Destination: mount.target,
      Mode: mount.isReadOnly ? 'ro' : '',
      RW: !mount.isReadOnly,
    })),
    Config: {
      Env: Object.entries(container.env).map(([key, value]) => `${key}=${value}`),
      Cmd: container.command,
      Image: shortName(container.image.name),
      Labels: container.labels,
    },
    NetworkSettings: { Ports: {} },
  }
}

/** What `docker image inspect` shows. */
export function inspectImage(image: Image): Record<string, unknown> {
  return {
    Id: image.id,
    RepoTags: [image.name],
    RepoDigests: [],
    Created: image.createdAt,
    Architecture: 'arm64',
    Os: 'linux',
    Size: image.sizeBytes,
    Config: { Env: [], Cmd: ['bash'], Labels: {} },
  }
}

/** A row of `docker ps`, as `--format json` gives it. */
export function psRow(
  container: Container,
  nowMs: number,
  isFull: boolean,
): Record<string, string> {
  const age = humanDuration(nowMs - container.createdAtMs)
  const up = humanDuration(nowMs - container.startedAtMs)
  const health = { starting: ' (health: starting)', healthy: ' (healthy)' }
  const ended = humanDuration(nowMs - (container.finishedAtMs ?? nowMs))
  return {
    Command: JSON.stringify(container.command.join(' ')),
    CreatedAt: goTime(container.createdAtMs),
    ID: isFull ? container.id : container.id.slice(0, 12),
    Image: shortName(container.image.name),
    Labels: '',
    LocalVolumes: '0',
    Mounts: container.mounts.map((mount) => mount.source).join(','),
    Names: container.name,
    Networks: 'host',
    Ports: '',
    RunningFor: `${age} ago`,
    Size: '0B',
    State: container.state,
    Status: {
      running: `Up ${up}${container.health ? health[container.health] : ''}`,
      exited: `Exited (${container.exitCode}) ${ended} ago`,
      removing: 'Removal In Progress',
    }[container.state],
  }
}

/** A row of `docker images`. */
export function imageRow(image: Image, nowMs: number, isFull: boolean): Record<string, string> {
  const [repository = '', tag = ''] = splitTag(image.name)
  const createdAtMs = Date.parse(image.createdAt)
  return {
    Containers: 'N/A',
    CreatedAt: goTime(createdAtMs),
    CreatedSince: `${humanDuration(nowMs - createdAtMs)} ago`,
    Digest: '<none>',
    ID: isFull ? image.id : image.id.slice(7, 19),
    Repository: repository,
    SharedSize: 'N/A',
    Size: `${(image.sizeBytes / 1e9).toFixed(1)}GB`,
    Tag: tag,
    UniqueSize: 'N/A',
    VirtualSize: `${(image.sizeBytes / 1e9).toFixed(1)}GB`,
  }
}

/** Go's units.HumanDuration. */
function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`
  return `${Math.floor(hours / 24 / 30)} months`
}

function goTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
}

function splitTag(name: string): [string, string] {
  const at = name.lastIndexOf(':')
  return [name.slice(0, at), name.slice(at + 1)]
}

function shortName(name: string): string {
  return name.replace(/:latest$/, '')
}
