/** How a size is written in topology.yaml. */
export const SIZE = '^[1-9][0-9]{0,5}[kmg]$'

const UNITS_BYTES: Record<string, number> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** Bytes of a size such as `25m`. */
export const sizeBytes = (size: string): number =>
  Number(size.slice(0, -1)) * (UNITS_BYTES[size.slice(-1)] ?? Number.NaN)

/** Bytes as a person writes them: `25 MB`. */
export function sayBytes(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${round(bytes / 1024 ** 3)} GB`
  if (bytes >= 1024 ** 2) return `${round(bytes / 1024 ** 2)} MB`
  return bytes >= 1024 ? `${round(bytes / 1024)} kB` : `${bytes} bytes`
}

const round = (value: number): string => String(Math.round(value * 10) / 10)
