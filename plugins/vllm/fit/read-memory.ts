/** Memory of a machine in bytes, as its kernel counts it. */
export interface Memory {
  totalBytes: number
  freeBytes: number
  /** With the files that are kept for speed only. */
  availableBytes: number
}

/** Memory of a machine from lines of /proc/meminfo, each as its name and KiB; null if it is not all there. */
export function readMemory(fields: string[][]): Memory | null {
  const bytes = (name: string) => Number(fields.find(([key]) => key === name)?.[1]) * 1024
  const totalBytes = bytes('MemTotal:')
  const freeBytes = bytes('MemFree:')
  if (!totalBytes || Number.isNaN(freeBytes)) return null
  return { totalBytes, freeBytes, availableBytes: bytes('MemAvailable:') || freeBytes }
}
