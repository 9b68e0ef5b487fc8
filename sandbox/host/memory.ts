import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultBox } from '../faults.ts'

export const GIB = 1024 ** 3
/** What a GB10 shows as the total of its unified 128 GB. */
const TOTAL_BYTES = Math.round(121.69 * GIB)
const SYSTEM_BYTES = Math.round(3.4 * GIB)
const FLOOR_FREE_BYTES = Math.round(0.7 * GIB)

/** The unified memory of a host: engines claim it, reading files fills the page cache. */
export interface HostMemory {
  readonly totalBytes: number
  /** Not used by anything, page cache counted as used. */
  freeBytes(): number
  /** Free plus what the page cache would give back. */
  availableBytes(): number
  /** Sets the claim of one owner; the page cache gives way. False when it does not fit. */
  claim(owner: string, bytes: number): boolean
  claimOf(owner: string): number
  release(owner: string): void
  /** Files were read: the page cache grows as far as there is room. */
  cacheFiles(bytes: number): void
}

/** Memory of one host; `onChange` is called after every change. */
export function createMemory(onChange: (memory: HostMemory) => void): HostMemory {
  const claims = new Map<string, number>()
  let cacheBytes = Math.round(2.1 * GIB)
  const claimedBytes = () => [...claims.values()].reduce((sum, bytes) => sum + bytes, 0)
  const roomBytes = () => TOTAL_BYTES - SYSTEM_BYTES - FLOOR_FREE_BYTES - claimedBytes()
  const memory: HostMemory = {
    totalBytes: TOTAL_BYTES,
    freeBytes: () => roomBytes() + FLOOR_FREE_BYTES - cacheBytes,
    availableBytes: () => roomBytes() + FLOOR_FREE_BYTES,
    claim(owner, bytes) {
      const before = claims.get(owner) ?? 0
      if (bytes - before > roomBytes()) return false
      claims.set(owner, bytes)
      cacheBytes = Math.max(0, Math.min(cacheBytes, roomBytes()))
      onChange(memory)
      return true
    },
    claimOf: (owner) => claims.get(owner) ?? 0,
    release(owner) {
      if (claims.delete(owner)) onChange(memory)
    },
    cacheFiles(bytes) {
      cacheBytes = Math.max(0, Math.min(cacheBytes + bytes, roomBytes()))
      onChange(memory)
    },
  }
  return memory
}

/** What another program leaves when it takes the memory (fault `memory: falls`). */
const LEFT_BYTES = GIB
const HOG = 'another program'

/** Lets another program take the memory while the fault is on. */
export function obeyMemoryFault(memory: HostMemory, faults: FaultBox): void {
  faults.watch(({ memory: fault }) => {
    if (fault !== 'falls') memory.release(HOG)
    else if (memory.claimOf(HOG) === 0) memory.claim(HOG, memory.availableBytes() - LEFT_BYTES)
  })
}

/** Writes `<proc>/meminfo` as the kernel would show this memory. */
export function writeMeminfo(proc: string, memory: HostMemory): void {
  const kib = (bytes: number) => Math.round(bytes / 1024)
  const cached = memory.availableBytes() - memory.freeBytes()
  const lines: [string, number][] = [
    ['MemTotal', kib(memory.totalBytes)],
    ['MemFree', kib(memory.freeBytes())],
    ['MemAvailable', kib(memory.availableBytes())],
    ['Buffers', kib(Math.min(cached, 0.2 * GIB))],
    ['Cached', kib(Math.max(0, cached - 0.2 * GIB))],
    ['SwapCached', 0],
    ['Active', kib(1.6 * GIB)],
    ['Inactive', kib(Math.max(cached, 0.9 * GIB))],
    ['SwapTotal', kib(16 * GIB)],
    ['SwapFree', kib(16 * GIB)],
    ['Dirty', 128],
    ['Shmem', kib(0.1 * GIB)],
  ]
  const text = lines.map(
    ([name, value]) => `${`${name}:`.padEnd(16)}${`${value}`.padStart(8)} kB\n`,
  )
  replaceFile(proc, 'meminfo', text.join(''))
}

/** Replaces a file in one step, so that a reader never sees half of it. */
export function replaceFile(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true })
  const fresh = join(folder, `.${name}.new`)
  writeFileSync(fresh, text)
  renameSync(fresh, join(folder, name))
}
