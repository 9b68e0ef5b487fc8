import { ControlError } from '../../errors.ts'
import type { UpdateTarget } from './update-source.ts'

/** How compose is called on a host. */
export interface ComposeTool {
  /** `docker compose`, or `docker-compose` where the plugin lacks. */
  command: string
  /** Of `docker-compose` and the engine: `1.29.2`, `20.10.24`; empty where it is the plugin. */
  version: string
  engine: string
}

/** What compose needs to be called: its command, and the file; null: that is not there. */
export interface Compose {
  file: string | null
  tool: ComposeTool | null
}

/** From this engine on images lack what version 1 reads of them while it replaces a container. */
const TOO_NEW_FOR_1 = 25

/** Throws UPDATE_NO_COMPOSE unless compose can build and replace the container. */
export function judgeCompose({ file, tool }: Compose, { host, source }: UpdateTarget): void {
  if (file === null)
    throw new ControlError(
      'UPDATE_NO_COMPOSE',
      `${source.directory} on ${host.id} has no ${source.compose ?? 'compose file (compose.yaml)'}`,
      { hint: 'name it by compose in topology.yaml, or give build and up commands' },
    )
  const runtime = host.spec.container_runtime
  const install =
    runtime === 'docker'
      ? 'install docker-compose-plugin there (of Docker) or docker-compose-v2 (of Ubuntu), or give build and up commands'
      : 'install podman-compose there, or give build and up commands'
  if (tool === null)
    throw new ControlError(
      'UPDATE_NO_COMPOSE',
      `${host.id} has neither ${runtime} compose nor ${runtime}-compose`,
      { hint: install },
    )
  if (source.up === undefined && isTooOld(tool))
    throw new ControlError(
      'UPDATE_NO_COMPOSE',
      `docker-compose ${tool.version} on ${host.id} cannot replace a container of Docker ${tool.engine}: it would stop it and fail`,
      { hint: install },
    )
}

const isTooOld = ({ command, version, engine }: ComposeTool): boolean =>
  command === 'docker-compose' &&
  version.startsWith('1.') &&
  Number.parseInt(engine, 10) >= TOO_NEW_FOR_1
