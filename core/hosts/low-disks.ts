import type { HostView } from '../views.ts'
import type { HostSpec } from './host.ts'

type Disk = NonNullable<HostView['figures']>['disks'][number]

/** A disk that has come out of want by less than this would go in and out of it all day. */
const MARGIN = 1.1

/**
 * Paths of the disks with less room than `disk_low` of the host, or a tenth of the disk where that is
 * less. One that was low before stays so until it has a little more.
 */
export function lowDisks(
  disks: readonly Disk[],
  before: readonly string[],
  { disk_low: setting = 'off' }: Pick<HostSpec, 'disk_low'>,
): Disk[] {
  const [, amount, unit] = /^(\d+)([mg])$/.exec(setting) ?? []
  if (amount === undefined) return []
  const wanted = Number(amount) * 1024 ** (unit === 'g' ? 3 : 2)
  return disks.filter(({ path, total_bytes, free_bytes }) => {
    const floor = Math.min(wanted, total_bytes / 10)
    return free_bytes < (before.includes(path) ? floor * MARGIN : floor)
  })
}
