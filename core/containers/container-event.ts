import type { ContainerView } from './container-view.ts'

/** A line of `docker events`, as far as it says how a container stands. */
export interface ContainerEvent {
  /** Name of the container. */
  name: string
  /** What it turned into; undefined for events after which it has to be looked at. */
  state: ContainerView['state'] | undefined
  /** When, by the host's own clock: RFC 3339. */
  happened_at: string | null
  exit_code: number | null
}

const COMMON = ['create', 'start', 'pause', 'unpause', 'rename', 'health_status'] as const

/** What is followed of each program's events, in its own words. */
export const FOLLOWED = {
  docker: [...COMMON, 'die', 'destroy'],
  podman: [...COMMON, 'died', 'remove'],
} as const

const STATES: Readonly<Record<string, ContainerView['state']>> = {
  start: 'running',
  die: 'stopped',
  died: 'stopped',
  pause: 'paused',
  unpause: 'running',
  destroy: 'absent',
  remove: 'absent',
}

/** The parts of docker's and podman's JSON that are read. */
interface RawEvent {
  // docker
  Action?: string
  Actor?: { Attributes?: { name?: string; exitCode?: string } }
  timeNano?: number
  // podman
  Status?: string
  Name?: string
  Time?: string
  ContainerExitCode?: number
}

/** Reads a line of `docker events --format json`; undefined for what is none of a container. */
export function parseEvent(line: string): ContainerEvent | undefined {
  if (!line.startsWith('{')) return undefined
  let raw: RawEvent
  try {
    raw = JSON.parse(line) as RawEvent
  } catch {
    return undefined
  }
  const action = raw.Action ?? raw.Status
  const name = raw.Actor?.Attributes?.name ?? raw.Name
  if (typeof action !== 'string' || typeof name !== 'string') return undefined
  const state = Object.hasOwn(STATES, action) ? STATES[action] : undefined
  const code = Number(raw.Actor?.Attributes?.exitCode ?? raw.ContainerExitCode ?? Number.NaN)
  return {
    ...{ name, state, happened_at: timeOf(raw) },
    exit_code: state === 'stopped' && Number.isInteger(code) ? code : null,
  }
}

function timeOf({ timeNano, Time }: RawEvent): string | null {
  const ms = typeof timeNano === 'number' ? timeNano / 1e6 : Date.parse(Time ?? '')
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}
