import { ControlError, type Health, type Running, type Service } from '#core'
import type { api } from './api.ts'
import { aliasesOf, knownOf } from './known.ts'
import { lookAt } from './look.ts'
import type { Settings } from './settings.ts'

/** Watches one server. Nothing is ever started or stopped on it. */
export function startService(service: Service<Settings>): Running<typeof api> {
  const known = knownOf(service)
  const routes = new Set(service.settings.paths.map((path) => `POST /v1/${path}`))
  const models = () => (known.isAnswering ? known.models : [])
  return {
    handlers: {},
    probe: (signal) => probe(service, signal),
    models,
    aliases: () => aliasesOf(models()),
    offers: (route) => routes.has(route),
  }
}

async function probe(service: Service<Settings>, signal: AbortSignal): Promise<Health> {
  const known = knownOf(service)
  try {
    const { health, models, hasHealth } = await lookAt(service.http(), known.mayHaveHealth, signal)
    known.mayHaveHealth = hasHealth
    known.isAnswering = health.state === 'up' || health.state === 'busy'
    // what takes no more requests for a moment still has its models
    if (health.state === 'up' || health.state === 'idle') known.models = models
    return health
  } catch (thrown) {
    // one that is only late keeps its models; another server may stand here when it is back
    if (isGone(thrown)) Object.assign(known, { isAnswering: false, mayHaveHealth: true })
    throw thrown
  }
}

const isGone = (thrown: unknown): boolean =>
  thrown instanceof ControlError && /^UPSTREAM_(UNREACHABLE|FAILED)$/.test(thrown.code)
