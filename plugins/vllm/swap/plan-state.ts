import type { Host, Service } from '#core'
import { vllmError } from '../errors.ts'
import { type HostMemory, lookAtMemory } from '../fit/memory-look.ts'
import { countGpus } from '../launch/count-gpus.ts'
import { dockerName, launchSettings } from '../launch/launch-settings.ts'
import { engineOf } from '../launch/launcher.ts'
import { requireOwn } from '../launch/require-own.ts'
import { readMetrics } from '../metrics/engine-metrics.ts'
import { isForeign } from '../probe.ts'
import { readServed } from '../read-served.ts'
import { titleOf } from '../recipe/infer.ts'
import { openBook } from '../recipe/recipe-book.ts'
import { footprintOf, servedBy } from '../served.ts'
import { hostsOf, portOf } from '../services.ts'
import type { Settings } from '../settings.ts'
import type { SwapState } from './swap-plan.ts'

/** What this kind is called; index.ts shows it too. */
export const TITLE = 'Language model'

/** Looks at everything a plan is decided from, now and not from a cache. */
export async function lookForPlan(
  service: Service<Settings>,
  drainS: number,
  signal: AbortSignal,
): Promise<SwapState> {
  const { settings } = service
  const recipes = openBook(service.recipes)
  const nameOf = (repo: string) => recipes.find(repo)?.recipe.title ?? titleOf(repo)
  const upstream = service.http()
  const box = servedBy(service)
  const footprint = footprintOf(box)
  const hosts = hostsOf(service)
  const how = launchSettings(settings, service.id)
  const engine = engineOf(how)
  const [looks, memories, gpuCount, answering, metrics] = await Promise.all([
    Promise.all(hosts.map((host) => engine.look(host, signal))),
    Promise.all(hosts.map((host) => memoryOf(host, signal))),
    countGpus(service.host, how, signal),
    readServed(upstream, signal),
    readMetrics(upstream, signal),
  ])
  looks.forEach((look, index) => {
    requireOwn(look, { engine, service: service.id, host: hosts[index]?.id ?? '' })
  })
  const hasContainer = looks.some((look) => look.state === 'running')
  const served = servedTitle()
  if (served !== null && !hasContainer) throw servedElsewhere(service, served)
  const running = Math.max(metrics.running ?? 0, upstream.inFlight)
  return {
    ...how,
    port: portOf(service),
    serveAs: settings.serve_as,
    gpuCount,
    nodes: hosts.map((host, index) => {
      const look = looks[index]
      return {
        id: host.id,
        address: host.spec.fabric ?? host.address,
        runtime: host.spec.container_runtime,
        hfHome: host.spec.hf_home ?? null,
        container: look?.state ?? 'absent',
        ...{ totalBytes: null, availableBytes: null, freeBytes: null, gpus: [], users: [] },
        ...(memories[index] ?? look?.memory),
        footprintBytes: footprint[host.id] ?? null,
      }
    }),
    served,
    isForeign: hasContainer && isForeign(box) === true,
    runningRequests:
      metrics.running === undefined && hasContainer && running === 0 ? null : running,
    drainS,
    neighbours: service.neighbours().map(({ id, title, host, containers }) => ({
      host,
      // a second service of this kind would read as the one that stops
      title: title === TITLE ? `the language model of ${id}` : title,
      containers: title === TITLE ? [...containers, dockerName(id)] : containers,
    })),
  }

  function servedTitle(): string | null {
    if (answering.state === 'serving') return nameOf(answering.root ?? answering.models[0] ?? '')
    // busy, not gone: the last that was seen is what would stop
    const last = box.get()
    if (answering.state === 'late' && last) return nameOf(last.root ?? last.models[0] ?? '')
    return null
  }
}

/** A host whose GPUs cannot be asked leaves the figures of the look at its container. */
async function memoryOf(host: Host, signal: AbortSignal): Promise<HostMemory | null> {
  try {
    return await lookAtMemory(host, signal)
  } catch {
    signal.throwIfAborted()
    // the look at the container goes to the same host and says what is wrong with it
    return null
  }
}

/** Stopping the container would stop nothing, and the next engine would find the port taken. */
function servedElsewhere(service: Service<Settings>, served: string) {
  const { host } = service
  const how = launchSettings(service.settings, service.id)
  return vllmError(
    'NOT_STOPPED',
    `${served} answers on port ${portOf(service)} of ${host.id}, but not from ${engineOf(how).thing}, so it cannot be stopped from here`,
    {
      hint:
        how.launcher === 'command'
          ? `stop it on ${host.id} by hand`
          : `set container of the service to the name docker ps shows on ${host.id}, or stop it there by hand`,
    },
  )
}
