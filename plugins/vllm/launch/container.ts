import { type Command, ControlError, type Host, script, sh } from '#core'
import { vllmError } from '../errors.ts'
import { readMemory } from '../fit/read-memory.ts'
import type { Engine, EngineLook } from './engine.ts'
import { LOOK_SCRIPT } from './look-script.ts'

/** The label by which a container says which service it was started for. */
export const OWNER_LABEL = 'spark-control.service'

/** An engine in a container; `isKept` for one that was started without --rm. */
export function containerEngine(container: string, { isKept }: { isKept: boolean }): Engine {
  return {
    name: container,
    thing: `the container ${container}`,
    isKept,
    look: (host, signal) => lookAt(host, container, signal),
    stop: (runtime) =>
      isKept
        ? sh`${stopCommand(runtime, container)} && ${removeCommand(runtime, container)}`
        : stopCommand(runtime, container),
    remove: (runtime) => removeCommand(runtime, container),
    byHand: (runtime) => `${runtime} rm -f ${container}; if it stays, restart ${runtime} there`,
    follow: (runtime, tail) => logsCommand(runtime, container, tail),
    tail: (runtime, lines) => tailCommand(runtime, container, lines),
  }
}

/** Looks at a container on one host. Throws HOST_* when the host cannot be asked. */
export async function lookAt(
  host: Host,
  container: string,
  signal?: AbortSignal,
): Promise<EngineLook> {
  const runtime = host.spec.container_runtime
  const { stdout, stderr } = await host.exec(script(LOOK_SCRIPT, runtime, container), {
    ...(signal && { signal }),
    timeoutMs: 20_000,
  })
  return parseLook(stdout, { host: host.id, runtime, stderr })
}

/** Turns the records of a look into a value; throws CONTAINER_RUNTIME for what docker refuses. */
export function parseLook(
  text: string,
  at: { host: string; runtime: string; stderr?: string },
): EngineLook {
  const sections = readSections(text)
  const inspect = sections.get('INSPECT')
  if (!inspect || !text.trimEnd().endsWith('END')) {
    throw vllmError(
      'CONTAINER_RUNTIME',
      `${at.host} gave no whole answer about its containers: ${at.stderr?.trim() || 'no output'}`,
    )
  }
  const memory = readMemory(sections.get('MEM')?.fields ?? [])
  if (inspect.status !== 0) {
    if (/no such (object|container)/i.test(inspect.text)) return { state: 'absent', memory }
    throw runtimeError(at, inspect.text)
  }
  const details = readInspect(inspect.text)
  if (!details) {
    throw vllmError('CONTAINER_RUNTIME', `${at.runtime} on ${at.host} answered no JSON to inspect`)
  }
  const top = sections.get('TOP')
  return {
    ...details,
    memory,
    engines: top?.status === 0 ? top.text.split('\n').filter(isEngine).map(argsOf) : [],
  }
}

/** A program that is vLLM or one of its parts, and no shell that only mentions it. */
const isEngine = (line: string): boolean => /\bvllm serve\b|VLLM::|vllm\.entrypoints/.test(line)

const argsOf = (line: string): string => line.trim().replace(/^\d+\s+/, '')

/** Stops a container; one that is not there counts as stopped. */
const stopCommand = (runtime: string, container: string): Command =>
  sh`${runtime} stop -t 15 ${container}`

/** Removes a stopped container that was not started with --rm, so that its name is free. */
export const removeCommand = (runtime: string, container: string): Command =>
  sh`${runtime} rm ${container}`

/** Follows a container's log, from its beginning or from its last lines. */
const logsCommand = (runtime: string, container: string, tail?: number): Command =>
  tail === undefined
    ? sh`${runtime} logs -f ${container}`
    : sh`${runtime} logs --tail ${tail} -f ${container}`

/** The last lines of a container's log. */
const tailCommand = (runtime: string, container: string, lines: number): Command =>
  sh`${runtime} logs --tail ${lines} ${container}`

function runtimeError(at: { host: string; runtime: string }, text: string): ControlError {
  const said = text.trim().split('\n')[0] ?? ''
  const hint = /permission denied/i.test(text)
    ? `add the login user to the docker group on ${at.host} (sudo usermod -aG docker …), then log in again`
    : /cannot connect/i.test(text)
      ? `start it: sudo systemctl start ${at.runtime}`
      : /not found/i.test(text)
        ? `install ${at.runtime} on ${at.host}, or set container_runtime of the host`
        : undefined
  return vllmError('CONTAINER_RUNTIME', `${at.runtime} on ${at.host} refuses: ${said}`, {
    ...(hint && { hint }),
  })
}

interface Section {
  status: number
  text: string
  fields: string[][]
}

function readSections(text: string): Map<string, Section> {
  const sections = new Map<string, Section>()
  let current: Section | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) {
      if (current) current.text += `${line.slice(1)}\n`
      continue
    }
    const [type = '', ...fields] = line.split('\t')
    if (!/^(MEM|INSPECT|TOP)$/.test(type)) continue
    current = sections.get(type) ?? { status: Number(fields[0]), text: '', fields: [] }
    current.fields.push(fields)
    sections.set(type, current)
  }
  return sections
}

interface Inspected {
  Id?: string
  Image?: string
  ImageName?: string
  Config?: { Image?: string; Labels?: Record<string, string> | null }
  State?: { Running?: boolean; StartedAt?: string; ExitCode?: number; OOMKilled?: boolean }
}

function readInspect(text: string) {
  let list: Inspected[]
  try {
    list = JSON.parse(text) as Inspected[]
  } catch {
    // warnings may stand before the JSON
    try {
      list = JSON.parse(text.slice(text.indexOf('['))) as Inspected[]
    } catch {
      return undefined
    }
  }
  const found = Array.isArray(list) ? list[0] : undefined
  if (!found?.Id || !found.State) return undefined
  const startedAt = found.State.StartedAt
  return {
    state: found.State.Running ? ('running' as const) : ('stopped' as const),
    id: found.Id,
    image: found.Config?.Image ?? found.ImageName ?? found.Image ?? '',
    // the zero date means it never started
    startedAt: startedAt && !startedAt.startsWith('0001-') ? startedAt : null,
    exitCode: found.State.ExitCode ?? 0,
    isOomKilled: found.State.OOMKilled ?? false,
    owner: found.Config?.Labels?.[OWNER_LABEL] ?? null,
  }
}

/** Whether an error means the host could not be asked, rather than that something is wrong there. */
export const isHostError = (thrown: unknown): boolean =>
  thrown instanceof ControlError && thrown.code.startsWith('HOST_')
