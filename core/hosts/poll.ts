import { ControlError } from '../errors.ts'
import type { HostView } from '../views.ts'
import type { HostSpec } from './host.ts'
import { POLL_SCRIPT } from './poll-script.ts'
import { type Command, script } from './sh.ts'

export type Figures = NonNullable<HostView['figures']>
type Gpu = Figures['gpus'][number]

/** The one command of a poll: a script on stdin, one round trip. */
export function pollCommand(spec: HostSpec): Command {
  return script(POLL_SCRIPT, spec.hf_home ?? '', ...spec.model_dirs)
}

/** What the poll's output says. Throws COMMAND_FAILED when it is cut off. */
export function parsePoll(text: string, spec: Pick<HostSpec, 'memory'>): Figures {
  const parts = splitParts(text)
  if (!parts.has('end'))
    throw new ControlError('COMMAND_FAILED', 'the host sent only a part of its figures')
  const gpus = parseGpus(parts.get('gpus') ?? '')
  return {
    hostname: parts.get('hostname')?.trim() ?? '',
    uptime_s: number(parts.get('uptime')?.split(/\s/)[0]),
    load1: number(parts.get('loadavg')?.split(/\s/)[0]),
    memory: parseMemory(parts.get('meminfo') ?? '', isUnified(spec.memory, gpus)),
    disks: parseDisks(parts),
    gpus,
    addresses: parseAddresses(parts.get('addresses') ?? ''),
  }
}

function splitParts(text: string): Map<string, string> {
  const parts = new Map<string, string>()
  for (const part of text.split(/^=/m).slice(1)) {
    const end = part.indexOf('\n')
    parts.set(end < 0 ? part : part.slice(0, end), end < 0 ? '' : part.slice(end + 1))
  }
  return parts
}

/** A GPU that shares the machine's memory (GB10) says [N/A] for its own. */
function isUnified(memory: HostSpec['memory'], gpus: Gpu[]): boolean {
  if (memory !== 'auto') return memory === 'unified'
  return gpus.length > 0 && gpus.every((gpu) => gpu.memory_total_bytes === null)
}

function parseMemory(text: string, is_unified: boolean): Figures['memory'] {
  const bytes = (name: string) => {
    const kib = number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1])
    return kib === null ? undefined : kib * 1024
  }
  const total = bytes('MemTotal')
  const free = bytes('MemFree')
  if (total === undefined || free === undefined) return null
  // Kernels before 3.14 have no MemAvailable
  const available = bytes('MemAvailable') ?? free + (bytes('Buffers') ?? 0) + (bytes('Cached') ?? 0)
  return { is_unified, total_bytes: total, available_bytes: available, free_bytes: free }
}

/** One entry a file system, under the first folder that was asked for on it. */
function parseDisks(parts: Map<string, string>): Figures['disks'] {
  const disks = new Map<string, Figures['disks'][number]>()
  for (const [name, text] of parts) {
    if (!name.startsWith('disk ')) continue
    const line = text.trim().split('\n').at(-1) ?? ''
    const [, device, total, free, mount] =
      /^(.+?)\s+(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(.+)$/.exec(line) ?? []
    if (!device || total === undefined || free === undefined || disks.has(`${device} ${mount}`))
      continue
    disks.set(`${device} ${mount}`, {
      path: name.slice('disk '.length),
      total_bytes: Number(total) * 1024,
      free_bytes: Math.max(0, Number(free)) * 1024,
    })
  }
  return [...disks.values()]
}

function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap((line) => {
    const cells = line.split(',').map((cell) => cell.trim())
    const index = number(cells[0])
    if (cells.length < 7 || index === null) return []
    const [total, used, utilization, temperature, power] = cells.slice(-5).map(number)
    return {
      index,
      name: cells.slice(1, -5).join(', '),
      memory_total_bytes: mebibytes(total),
      memory_used_bytes: mebibytes(used),
      utilization_percent: utilization ?? null,
      temperature_c: temperature ?? null,
      power_w: power ?? null,
    }
  })
}

function mebibytes(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : value * 1024 * 1024
}

/** [N/A], [Not Supported], [Unknown Error] and empty cells are null, never 0. */
function number(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null
}

interface Link {
  ifname?: string
  addr_info?: { scope?: string; local?: string }[]
}

/** Addresses other machines can reach: neither loopback nor link-local. */
function parseAddresses(text: string): Figures['addresses'] {
  if (!text.trimStart().startsWith('[')) return parseAddressLines(text)
  let links: Link[]
  try {
    links = JSON.parse(text) as Link[]
  } catch {
    return [] // an ip that prints no JSON after all: addresses are shown, nothing depends on them
  }
  return links.flatMap(({ ifname, addr_info = [] }) =>
    addr_info.flatMap(({ scope, local }) =>
      scope === 'global' && ifname && local ? [{ interface: ifname, address: local }] : [],
    ),
  )
}

/** busybox has no -j: `2: eth0    inet 192.0.2.7/24 brd … scope global eth0`. */
function parseAddressLines(text: string): Figures['addresses'] {
  const lines = text.matchAll(/^\d+:\s+(\S+)\s+inet6?\s+([^\s/]+).*\sscope global\b/gm)
  return [...lines].map(([, name = '', address = '']) => ({ interface: name, address }))
}
