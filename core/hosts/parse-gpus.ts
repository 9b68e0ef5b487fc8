import type { GpuFigures } from './figures.ts'
import { numberOf } from './parse-number.ts'

/** Cells after the name: five that every driver knows, three that newer ones do. */
const BASIC = 5
const ALL = 8

/** Lines of nvidia-smi, as the poll asks for them; what is no such line is none. */
export function parseGpus(text: string): GpuFigures[] {
  return text.split('\n').flatMap((line) => {
    const row = splitRow(line)
    if (!row) return []
    const { index, name, figures } = row
    const [total, used, utilization, temperature, power, clock] = figures.map(numberOf)
    return {
      index,
      name,
      memory_total_bytes: bytesOf(total),
      memory_used_bytes: bytesOf(used),
      utilization_percent: utilization ?? null,
      temperature_c: temperature ?? null,
      power_w: power ?? null,
      clock_mhz: clock ?? null,
      slowed_by: reasonsOf(figures[6]),
    }
  })
}

/** Version of the driver; null where it was not told. */
export function parseDriver(text: string): string | null {
  const version = splitRow(text.split('\n')[0] ?? '')?.figures[7]
  return version !== undefined && /^\d+(\.\d+)+$/.test(version) ? version : null
}

/** The name of a card may hold a comma; the figures around it may not. */
function splitRow(line: string) {
  const cells = line.split(',').map((cell) => cell.trim())
  const index = numberOf(cells[0])
  const count =
    /^(0x[0-9a-f]+|\[.*\])$/i.test(cells.at(-2) ?? '') && cells.length >= ALL + 2 ? ALL : BASIC
  if (cells.length < count + 2 || index === null) return undefined
  return { index, name: cells.slice(1, -count).join(', '), figures: cells.slice(-count) }
}

/** Bits of NVML's clocks event reasons (nvml.h) that mean less speed than was asked for. */
const REASONS: [bit: number, reason: string][] = [
  [0x4, 'its power limit'],
  [0x8, 'the hardware (heat, power or a failing supply)'],
  [0x20, 'its temperature'],
  [0x40, 'its temperature, by the hardware'],
  [0x80, 'the power supply'],
]

function reasonsOf(mask: string | undefined): string[] {
  if (mask === undefined || !/^0x[0-9a-f]{1,16}$/i.test(mask)) return []
  // The bits that matter are the lowest; a number holds them exactly.
  const bits = Number.parseInt(mask.slice(-8), 16)
  return REASONS.filter(([bit]) => (bits & bit) !== 0).map(([, reason]) => reason)
}

const bytesOf = (mebibytes: number | null | undefined): number | null =>
  mebibytes === null || mebibytes === undefined ? null : mebibytes * 1024 * 1024
