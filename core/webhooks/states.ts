import type { HostView, ServiceView } from '../views.ts'

/** A host is told to be down when it was unreachable for so long; a cable may be pulled for less. */
export const HOST_DOWN_MS = 30_000

/** Up, down, or undefined where neither is known: the probe has debounced it already. */
export function serviceState({ state }: Pick<ServiceView, 'state'>): 'up' | 'down' | undefined {
  if (state === 'down') return 'down'
  return state === 'up' || state === 'busy' || state === 'idle' ? 'up' : undefined
}

/** Up, down, or undefined: a host that refuses us is there all the same. */
export function hostState(
  { state }: Pick<HostView, 'state'>,
  unreachableForMs: number,
): 'up' | 'down' | undefined {
  if (state === 'ok') return 'up'
  return state === 'unreachable' && unreachableForMs >= HOST_DOWN_MS ? 'down' : undefined
}
