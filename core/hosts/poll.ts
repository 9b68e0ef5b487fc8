import { ControlError } from '../errors.ts'
import type { GpuFigures, HostFigures } from './figures.ts'
import type { HostSpec } from './host.ts'
import { parseDriver, parseGpus } from './parse-gpus.ts'
import { parseFabric, parseLinks } from './parse-links.ts'
import { numberOf } from './parse-number.ts'
import { POLL_SCRIPT } from './poll-script.ts'
import { type Command, script } from './sh.ts'

/** The one command of a poll: a script on stdin, one round trip. */
export function pollCommand(spec: HostSpec): Command {
  return script(POLL_SCRIPT, spec.hf_home ?? '', ...spec.model_dirs)
}

/** What the poll's output says. Throws COMMAND_FAILED when it is cut off. */
export function parsePoll(text: string, spec: Pick<HostSpec, 'memory' | 'fabric'>): HostFigures {
  const parts = splitParts(text)
  if (!parts.has('end'))
    throw new ControlError('COMMAND_FAILED', 'the host sent only a part of its figures')
  const gpus = parseGpus(parts.get('gpus') ?? '')
  const links = parseLinks(parts.get('addresses') ?? '', parts.get('speeds') ?? '')
  return {
    hostname: parts.get('hostname')?.trim() ?? '',
    uptime_s: numberOf(parts.get('uptime')?.split(/\s/)[0]),
    load1: numberOf(parts.get('loadavg')?.split(/\s/)[0]),
    kernel: parts.get('kernel')?.trim() || null,
    driver: parseDriver(parts.get('gpus') ?? ''),
    memory: parseMemory(parts.get('meminfo') ?? '', isUnified(spec.memory, gpus)),
    disks: parseDisks(parts),
    gpus,
    addresses: links.flatMap(({ addresses }) => addresses),
    ...(spec.fabric !== undefined && { fabric: parseFabric(links, spec.fabric) }),
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
function isUnified(memory: HostSpec['memory'], gpus: GpuFigures[]): boolean {
  if (memory !== 'auto') return memory === 'unified'
  return gpus.length > 0 && gpus.every((gpu) => gpu.memory_total_bytes === null)
}

function parseMemory(text: string, is_unified: boolean): HostFigures['memory'] {
  const bytes = (name: string) => {
    const kib = numberOf(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1])
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
function parseDisks(parts: Map<string, string>): HostFigures['disks'] {
  const disks = new Map<string, HostFigures['disks'][number]>()
  for (const [name, text] of parts) {
    if (!name.startsWith('disk ')) continue
    const line = text.trim().split('\n').at(-1) ?? ''
    const match = /\s(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(\S.*)$/.exec(line)
    const [, total, free, mount] = match ?? []
    // it may have blanks in it
    const device = line.slice(0, match?.index).trim()
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
