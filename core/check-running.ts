import { ControlError } from './errors.ts'
import type { Running, ServicePlugin } from './plugin.ts'

/** Throws with everything `start` left out; the compiler says so too, to those who ask it. */
export function checkRunning({ kind, api }: ServicePlugin, running: Running): void {
  const mistakes = Object.entries(api).flatMap(([key, route]) => {
    if (route.forward) return []
    const handler = (running?.handlers as Record<string, unknown> | undefined)?.[key]
    if (route.effect !== 'operate')
      return typeof handler === 'function' ? [] : [`handlers has no function for "${key}"`]
    const { plan, apply } = (handler ?? {}) as { plan?: unknown; apply?: unknown }
    return typeof plan === 'function' && typeof apply === 'function'
      ? []
      : [`handlers has no { plan, apply } for "${key}", which operates`]
  })
  if (typeof running?.probe !== 'function') mistakes.push('probe is not a function')
  if (mistakes.length > 0)
    throw new ControlError(
      'PLUGIN_INVALID',
      `what start() of ${kind} gives: ${mistakes.join('; ')}`,
    )
}
