import type { Service } from '#core'
import { lookAt } from './container.ts'
import { readMetrics } from './engine-metrics.ts'
import { readServed } from './read-served.ts'
import type { Recipe } from './recipe.ts'
import { footprintOf, servedBy } from './served.ts'
import { hostsOf, portOf } from './services.ts'
import type { Settings } from './settings.ts'
import type { SwapState } from './swap-plan.ts'
import { titleFor } from './words.ts'

/** What this kind is called; index.ts shows it too. */
export const TITLE = 'Language model'

/** Looks at everything a plan is decided from, now and not from a cache. */
export async function lookForPlan(
  service: Service<Settings>,
  drainS: number,
  signal: AbortSignal,
): Promise<SwapState> {
  const { settings } = service
  const recipes = service.recipes.list<Recipe>().map((entry) => entry.recipe)
  const titleOf = (repo: string) => titleFor(repo, recipes)
  const upstream = service.http()
  const footprint = footprintOf(servedBy(service))
  const hosts = hostsOf(service)
  const [looks, answering, metrics] = await Promise.all([
    Promise.all(hosts.map((host) => lookAt(host, settings.container, signal))),
    readServed(upstream, signal),
    readMetrics(upstream, signal),
  ])
  const hasContainer = looks.some((look) => look.state === 'running')
  const running = Math.max(metrics.running ?? 0, upstream.inFlight)
  return {
    service: service.id,
    port: portOf(service),
    container: settings.container,
    image: settings.image,
    launcherDir: settings.launcher_dir,
    env: settings.env,
    serveAs: settings.serve_as,
    gpus: settings.gpus ?? null,
    nodes: hosts.map((host, index) => {
      const look = looks[index]
      return {
        id: host.id,
        address: host.spec.fabric ?? host.address,
        runtime: host.spec.container_runtime,
        hfHome: host.spec.hf_home ?? null,
        container: look?.state ?? 'absent',
        totalBytes: look?.memory?.totalBytes ?? null,
        availableBytes: look?.memory?.availableBytes ?? null,
        footprintBytes: footprint[host.id] ?? null,
      }
    }),
    served: servedTitle(),
    runningRequests:
      metrics.running === undefined && hasContainer && running === 0 ? null : running,
    drainS,
    neighbours: service.neighbours().map(({ id, title, host }) => ({
      host,
      // a second service of this kind would read as the one that stops
      title: title === TITLE ? `the language model of ${id}` : title,
    })),
  }

  function servedTitle(): string | null {
    if (answering.state === 'serving') return titleOf(answering.root ?? answering.models[0] ?? '')
    // busy, not gone: the last that was seen is what would stop
    const last = servedBy(service).get()
    if (answering.state === 'late' && last) return titleOf(last.root ?? last.models[0] ?? '')
    return null
  }
}
