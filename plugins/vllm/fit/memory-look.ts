import { type Host, type HostSpec, script } from '#core'
import { MEMORY_SCRIPT } from './memory-script.ts'
import { type Memory, readMemory } from './read-memory.ts'

/** A GPU with memory of its own. */
export interface GpuMemory {
  index: number
  totalBytes: number
  freeBytes: number
}

/** A program that holds memory of a GPU. */
export interface MemoryUser {
  /** The process, as nvidia-smi names it. */
  process: string
  /** The container it runs in; null outside of any. */
  container: string | null
  /** The card; null where the GPU shares the machine's memory. */
  gpu: number | null
  bytes: number
}

/** What one host says of its memory. */
export interface HostMemory extends Memory {
  /** Cards with their own memory; none where the GPU shares the machine's (GB10). */
  gpus: GpuMemory[]
  users: MemoryUser[]
}

/** Looks at a host's memory; null when its answer is not whole. Throws HOST_* errors. */
export async function lookAtMemory(host: Host, signal: AbortSignal): Promise<HostMemory | null> {
  const { container_runtime: runtime, memory } = host.spec
  const { stdout } = await host.exec(script(MEMORY_SCRIPT, runtime), { signal, timeoutMs: 20_000 })
  return parseMemory(stdout, memory)
}

/** Turns the records of the script into values. `unified` in the topology overrules nvidia-smi. */
export function parseMemory(text: string, kind: HostSpec['memory']): HostMemory | null {
  const records = text.split('\n').map((line) => line.split('\t'))
  const of = (type: string) => records.filter(([name]) => name === type).map(([, ...rest]) => rest)
  const memory = readMemory(of('MEM'))
  if (!memory || of('END').length === 0) return null
  const cards = of('GPU').map(([line = '']) => line.split(',').map((cell) => cell.trim()))
  const gpus = kind === 'unified' ? [] : cards.flatMap(readGpu)
  const indexes = new Map(cards.map(([index, uuid = '']) => [uuid, Number(index)]))
  const boxes = new Map(of('BOX').map(([line = '']) => splitAt(line, ' ')))
  const owners = new Map(of('OWNER').map(([pid = '', id = '']) => [pid, id]))
  return {
    ...memory,
    gpus,
    users: of('APP').flatMap(([line = '']) => {
      const [pid = '', uuid = '', mib = '', ...name] = line.split(',').map((cell) => cell.trim())
      // "[N/A]" where the driver does not tell, as in a virtual machine
      if (!(Number(mib) > 0)) return []
      return {
        process: name.join(', '),
        container: boxes.get(owners.get(pid) ?? '') ?? null,
        gpu: gpus.length > 0 ? (indexes.get(uuid) ?? null) : null,
        bytes: Number(mib) * 2 ** 20,
      }
    }),
  }
}

/** A card says [N/A] for memory that is the machine's. */
function readGpu([index = '', , total = '', , free = '']: string[]): GpuMemory[] {
  if (!(Number(total) > 0) || Number.isNaN(Number(free))) return []
  return [
    {
      index: Number(index),
      totalBytes: Number(total) * 2 ** 20,
      freeBytes: Number(free) * 2 ** 20,
    },
  ]
}

function splitAt(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator)
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}
