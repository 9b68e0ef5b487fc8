import type { GpuMemory, MemoryUser } from './memory-look.ts'

/** One GPU's memory as a part of the model would find it. */
export interface Place {
  host: string
  /** Number of the card; null where the GPU shares the machine's memory. */
  gpu: number | null
  totalBytes: number
  /** What the engine's check at the start sees as free: MemFree, or the card's own. */
  freeBytes: number
  /** Files the system keeps for speed: given back on demand, but counted as used at the start. */
  reclaimableBytes: number
  /** What stopping gives back first; null when that was never measured. */
  freedBytes: number | null
  /** Who else has memory there, the most first. */
  others: { name: string; bytes: number }[]
}

/** What a look at a machine found out about its memory. */
export interface NodeMemory {
  id: string
  totalBytes: number | null
  availableBytes: number | null
  /** MemFree; null where only what is available is known. */
  freeBytes: number | null
  gpus: GpuMemory[]
  users: MemoryUser[]
}

export interface PlaceOptions {
  /** The container that is stopped first; null where the engine runs in none. */
  container: string | null
  /** Whether a model is served from it on this machine. */
  isTaken: boolean
  /** What that model took of the machine when it was loaded; null if never measured. */
  footprintBytes: number | null
  /** Cards the service may use; null for all. */
  gpus: readonly number[] | null
  /** How many parts of the model come to this machine. */
  parts: number
  /** What a container is called here, if it belongs to a service. */
  titleOf(container: string): string | undefined
}

/** The memory each part of a model finds on one machine; empty when nothing is known of it. */
export function placesOn(node: NodeMemory, options: PlaceOptions): Place[] {
  if (node.gpus.length > 0) return cardsOn(node, options)
  const { totalBytes, availableBytes } = node
  if (totalBytes === null || availableBytes === null) return []
  const freeBytes = node.freeBytes ?? availableBytes
  const own = ownBytes(node.users, options)
  return [
    {
      ...{ host: node.id, gpu: null, totalBytes, freeBytes },
      reclaimableBytes: Math.max(0, availableBytes - freeBytes),
      freedBytes: own > 0 ? own : options.isTaken ? options.footprintBytes : 0,
      others: othersOf(node.users, options),
    },
  ]
}

/** The first cards the service may use, as CUDA_VISIBLE_DEVICES hands them out. */
function cardsOn(node: NodeMemory, options: PlaceOptions): Place[] {
  const usable = node.gpus.filter(({ index }) => options.gpus?.includes(index) ?? true)
  return usable.slice(0, options.parts).map(({ index, totalBytes, freeBytes }) => {
    const users = node.users.filter(({ gpu }) => gpu === index)
    const own = ownBytes(users, options)
    return {
      ...{ host: node.id, gpu: index, totalBytes, freeBytes },
      reclaimableBytes: 0,
      freedBytes: own > 0 || !options.isTaken ? own : null,
      others: othersOf(users, options),
    }
  })
}

/** An engine outside of containers is told by what vLLM calls its processes. */
const isOwn = (user: MemoryUser, { container }: PlaceOptions): boolean =>
  user.container === container && (container !== null || /vllm/i.test(user.process))

const ownBytes = (users: readonly MemoryUser[], options: PlaceOptions): number =>
  users.reduce((sum, user) => (isOwn(user, options) ? sum + user.bytes : sum), 0)

function othersOf(users: readonly MemoryUser[], options: PlaceOptions): Place['others'] {
  const bytesOf = new Map<string, number>()
  for (const user of users) {
    if (isOwn(user, options)) continue
    const { container, process, bytes } = user
    const name = container === null ? process : (options.titleOf(container) ?? container)
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytes)
  }
  return [...bytesOf]
    .map(([name, bytes]) => ({ name, bytes }))
    .toSorted((a, b) => b.bytes - a.bytes)
}
