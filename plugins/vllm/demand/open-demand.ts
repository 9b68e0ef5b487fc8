import type { HeldRequest, Hold, Service } from '#core'
import { judgeModel, type ModelEntry, mergeScans } from '../disk/models.ts'
import type { Shop } from '../door.ts'
import { probeEngine } from '../probe.ts'
import type { RecipeBook } from '../recipe/recipe-book.ts'
import { nodesOf, type Settings } from '../settings.ts'
import type { Acts } from './act-patiently.ts'
import { Keeper } from './keeper.ts'
import { type Policy, policyOf } from './settings.ts'
import type { DemandView } from './view.ts'

export interface Demand {
  hold(request: HeldRequest): Hold | undefined
  /** Repo ids of models that `hold` would wait for. */
  offered(): string[]
  stop(): void
}

const keepers = new WeakMap<object, Keeper>()

/** How a service on demand stands; null for one that is not. */
export const demandOf = (service: Service<Settings>): DemandView | null =>
  keepers.get(service)?.view() ?? null

const LOOK_EVERY_MS = 5_000

/** Gives every service with `on_demand` a keeper, and the requests that come to one of them. */
export function openDemand(shop: Shop, acts: Acts): Demand {
  const { kind } = shop
  const own = new Map<Service<Settings>, Keeper>()

  const sync = (): void => {
    const services = kind.services()
    for (const [service, keeper] of own) {
      if (services.includes(service)) continue
      own.delete(service)
      keeper.stop()
    }
    for (const service of services) {
      const policy = own.has(service) ? undefined : policyOf(service.settings)
      if (!policy) continue
      const keeper = new Keeper(service, kind, policy, acts)
      own.set(service, keeper)
      keepers.set(service, keeper)
      void preload(service, policy, keeper)
    }
  }

  /** Only where nothing is there: a model that outlived the controller is left alone. */
  const preload = async (service: Service<Settings>, policy: Policy, keeper: Keeper) => {
    const { isPreloaded, defaultModel } = policy
    while (isPreloaded && defaultModel !== null && !service.signal.aborted) {
      try {
        const { state } = await probeEngine(service, service.signal)
        if (state === 'idle') keeper.wish(defaultModel)
        return
      } catch {
        // a host that cannot be asked yet is asked again; the service's state shows it
      }
      await kind.clock.sleep(LOOK_EVERY_MS, service.signal).catch(() => {})
    }
  }

  const watch = async (): Promise<void> => {
    while (!kind.signal.aborted) {
      sync()
      await kind.clock.sleep(LOOK_EVERY_MS, kind.signal).catch(() => {}) // the condition ends it
    }
  }
  void watch()

  /** The service that gets a model soonest: already loading it, else the one fewest wait for. */
  const pick = (entry: ModelEntry, book = shop.recipes()): Keeper | undefined =>
    [...own]
      .filter(([service]) => isLoadable(book, entry, service))
      .map(([, keeper]) => keeper)
      .sort((a, b) => rank(a, entry.repo) - rank(b, entry.repo))[0]

  return {
    hold({ model, service: id }) {
      sync()
      const entry = mergeScans(shop.catalogue.scans()).find(({ repo }) => repo === model)
      const named = id === undefined ? undefined : [...own].find(([service]) => service.id === id)
      if (id !== undefined && !named) return undefined
      if (entry) return (named?.[1] ?? pick(entry))?.hold(entry.repo)
      const [, keeper] = named ?? [...own].find(([s]) => s.settings.serve_as.includes(model)) ?? []
      const coming = keeper?.coming ?? null
      return coming === null ? undefined : keeper?.hold(coming)
    },
    offered() {
      if (own.size === 0) return []
      const book = shop.recipes()
      return mergeScans(shop.catalogue.scans())
        .filter((entry) => [...own.keys()].some((service) => isLoadable(book, entry, service)))
        .map(({ repo }) => repo)
    },
    stop() {
      for (const keeper of own.values()) keeper.stop()
      own.clear()
    },
  }
}

const rank = (keeper: Keeper, repo: string): number =>
  keeper.coming === repo ? -1 : keeper.waiting

/** Whether a service could load a model as it lies on the disks and is set up. */
function isLoadable(book: RecipeBook, entry: ModelEntry, service: Service<Settings>): boolean {
  const recipe = book.find(entry.repo)?.recipe
  const nodes = nodesOf(service.settings, service.host.id)
  const { state } = judgeModel(entry, recipe, [{ nodes, manage: true }])
  return state === 'ready' && recipe !== undefined && recipe.nodes <= nodes.length
}
