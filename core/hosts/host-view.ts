import type { ControlError } from '../errors.ts'
import type { HostView } from '../views.ts'
import type { HostSpec } from './host.ts'
import type { KeyVerdict } from './known-hosts.ts'

/** Whether commands can be run on the host at all. */
export function hasShell({ user, local }: HostSpec): boolean {
  return user !== undefined || local
}

/** The view of a host nobody has looked at yet. */
export function blankView(id: string, spec: HostSpec): HostView {
  return {
    id,
    address: spec.address,
    state: hasShell(spec) ? 'connecting' : 'none',
    checked_at: null,
    round_trip_ms: null,
    figures: null,
  }
}

/** The view after a failed look: the figures stay, with the age they have. */
export function failedView(
  before: HostView,
  error: ControlError,
  verdict: KeyVerdict | undefined,
): HostView {
  const { id, address, low_disks, disk_use, checked_at, round_trip_ms, figures } = before
  const { code, message, hint } = error
  return {
    id,
    address,
    state: STATES[code] ?? 'unreachable',
    error: { code, message, ...(hint !== undefined && { hint }) },
    ...(verdict &&
      verdict.is !== 'known' &&
      code.startsWith('HOST_KEY_') && {
        host_key: {
          offered: verdict.offered,
          ...(verdict.is === 'changed' && { known: verdict.known }),
        },
      }),
    ...(low_disks && { low_disks }),
    ...(disk_use && { disk_use }),
    checked_at,
    round_trip_ms,
    figures,
  }
}

const STATES: Record<string, HostView['state']> = {
  HOST_NO_SSH: 'none',
  HOST_KEY_UNKNOWN: 'key_unknown',
  HOST_KEY_CHANGED: 'key_changed',
  HOST_AUTH_FAILED: 'denied',
}
