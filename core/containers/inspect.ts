import { ControlError } from '../errors.ts'
import type { Host } from '../hosts/host.ts'
import { script } from '../hosts/sh.ts'
import { blankContainer, type ContainerView } from './container-view.ts'
import { INSPECT_SCRIPT } from './inspect-script.ts'
import { type RuntimePlace, runtimeError } from './runtime-error.ts'

const TIMEOUT_MS = 20_000
const MIB = 1024 ** 2

/** What is known of a container beside its view. */
export interface Inspected extends ContainerView {
  /** Full id; null where there is none of this name. */
  id: string | null
  /** Id of the image it was made of. */
  image_id: string | null
}

/** What of it goes over the wire. */
export const viewOf = ({ id: _id, image_id: _image, ...view }: Inspected): ContainerView => view

/**
 * Looks at containers of one host, all of them by one command, in the order of `names`. Throws
 * CONTAINERS_* for what docker refuses and HOST_* when the host cannot be asked.
 */
export async function inspectContainers(
  host: Host,
  names: readonly string[],
  options: { depth?: 'state' | 'memory'; signal?: AbortSignal } = {},
): Promise<Inspected[]> {
  const { depth = 'memory', signal } = options
  const runtime = host.spec.container_runtime
  const { stdout, stderr } = await host.exec(script(INSPECT_SCRIPT, runtime, depth, ...names), {
    ...(signal && { signal }),
    timeoutMs: TIMEOUT_MS,
  })
  return parseInspected(stdout, names, { host: host.id, runtime }, stderr)
}

/** Turns the records of a look into values; throws CONTAINERS_* for what docker refuses. */
export function parseInspected(
  text: string,
  names: readonly string[],
  at: RuntimePlace,
  stderr = '',
): Inspected[] {
  const records = readRecords(text)
  if (records.status === undefined || !records.isWhole)
    throw new ControlError(
      'CONTAINERS_FAILED',
      `${at.host} gave no whole answer about its containers: ${stderr.trim() || 'no output'}`,
    )
  const { list, rest } = splitJson(records.said)
  const complaints = rest.filter(
    (line) => line.trim() !== '' && !isAbsence(line) && !isWarning(line),
  )
  if (records.status !== '0' && complaints.length > 0) throw runtimeError(at, complaints.join('\n'))
  return names.map((name) => {
    // docker also finds by the beginning of an id
    const found = list.find((each) => each.Name?.replace(/^\//, '') === name)
    return found
      ? inspectedOf(found, name, at.host, records)
      : { ...blankContainer(name, at.host, 'absent'), id: null, image_id: null }
  })
}

const isWarning = (line: string): boolean => /^(warn|time=.*level=warn)/i.test(line)
const isAbsence = (line: string): boolean => /no such (object|container)/i.test(line)

interface Records {
  status: string | undefined
  isWhole: boolean
  said: string[]
  bytesOfPid: Map<number, number>
  gpuBytesOfId: Map<string, number>
}

function readRecords(text: string): Records {
  const records: Records = {
    ...{ status: undefined, isWhole: false, said: [] },
    bytesOfPid: new Map(),
    gpuBytesOfId: new Map(),
  }
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) {
      records.said.push(line.slice(1))
      continue
    }
    const [type, first = '', second = ''] = line.split('\t')
    if (type === 'STATUS') records.status = first
    else if (type === 'MEM') records.bytesOfPid.set(Number(first), Number(second))
    else if (type === 'APP') {
      const before = records.gpuBytesOfId.get(first) ?? 0
      records.gpuBytesOfId.set(first, before + Number(second) * MIB)
    } else if (type === 'END') records.isWhole = true
  }
  return records
}

/** The parts of docker's and podman's JSON that are read. */
interface RawContainer {
  Id?: string
  Name?: string
  Image?: string
  ImageName?: string
  RestartCount?: number
  Config?: { Image?: string }
  State?: {
    Status?: string
    Pid?: number
    ExitCode?: number
    StartedAt?: string
    FinishedAt?: string
    Health?: { Status?: string }
    /** podman before 4.3 */
    Healthcheck?: { Status?: string }
  }
}

/** The JSON list among what inspect said, and the lines around it. */
function splitJson(said: readonly string[]): { list: RawContainer[]; rest: string[] } {
  const from = said.findIndex((line) => line.startsWith('['))
  const to = said.findLastIndex((line) => line.trimEnd().endsWith(']'))
  if (from < 0 || to < from) return { list: [], rest: [...said] }
  try {
    const list: unknown = JSON.parse(said.slice(from, to + 1).join('\n'))
    const rest = [...said.slice(0, from), ...said.slice(to + 1)]
    if (Array.isArray(list)) return { list, rest }
  } catch {
    // words in brackets are no list
  }
  return { list: [], rest: [...said] }
}

function inspectedOf(raw: RawContainer, name: string, host: string, records: Records): Inspected {
  const { Id: id = null, State = {}, Config, ImageName, Image } = raw
  const state = stateOf(State.Status)
  const isOver = state === 'stopped'
  return {
    ...{ id, image_id: Image ?? null, name, host, state, health: isOver ? null : healthOf(State) },
    image: Config?.Image ?? ImageName ?? Image ?? null,
    started_at: dateOf(State.StartedAt),
    stopped_at: isOver ? dateOf(State.FinishedAt) : null,
    exit_code: isOver ? (State.ExitCode ?? null) : null,
    restarts: raw.RestartCount ?? 0,
    memory_bytes: isOver ? null : memoryOf(State.Pid, id, records),
  }
}

function stateOf(status: string | undefined): ContainerView['state'] {
  const known = status?.toLowerCase()
  if (known === 'running' || known === 'paused' || known === 'restarting') return known
  // created, exited, dead, removing; podman: configured, initialized, stopped
  return 'stopped'
}

function healthOf({ Health, Healthcheck }: NonNullable<RawContainer['State']>) {
  const status = Health?.Status ?? Healthcheck?.Status
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : null
}

/** The zero date means never. */
function dateOf(text: string | undefined): string | null {
  if (text === undefined || text.startsWith('0001-')) return null
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

function memoryOf(pid: number | undefined, id: string | null, records: Records): number | null {
  const own = pid === undefined ? undefined : records.bytesOfPid.get(pid)
  const gpu = id === null ? undefined : records.gpuBytesOfId.get(id)
  return own === undefined && gpu === undefined ? null : (own ?? 0) + (gpu ?? 0)
}
