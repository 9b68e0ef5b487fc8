import type { Memory } from '../launch/engine.ts'

/** Memory of a machine from lines of /proc/meminfo, each as its name and KiB; null if it is not all there. */
export function readMemory(fields: string[][]): Memory | null {
  const bytes = (name: string) =>
    Number(fields.find(([key]) => key === name)?.[1] ?? Number.NaN) * 1024
  const [totalBytes, freeBytes, availableBytes] = ['MemTotal:', 'MemFree:', 'MemAvailable:'].map(
    bytes,
  )
  if (!totalBytes || Number.isNaN(totalBytes)) return null
  return {
    totalBytes,
    freeBytes: freeBytes || 0,
    availableBytes: availableBytes || freeBytes || 0,
  }
}
