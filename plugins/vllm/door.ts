import { answer, type Host, type Kind, type Open, type Service } from '#core'
import type { door } from './api.ts'
import { deleteHandler } from './delete/delete-handler.ts'
import { openDemand } from './demand/open-demand.ts'
import { type Catalogue, createCatalogue } from './disk/catalogue.ts'
import { resolveWanted } from './disk/find-model.ts'
import { type ModelService, viewModels } from './disk/models.ts'
import { downloadHandler } from './download/download-handler.ts'
import { listDownloads } from './download/downloads.ts'
import { explainModel } from './explain.ts'
import { fitHandlers } from './fit/fit-handler.ts'
import { importHandler } from './import/import-handler.ts'
import { openBook, type RecipeBook } from './recipe/recipe-book.ts'
import { recipeHandlers } from './recipe/recipe-handlers.ts'
import { suggestFor } from './recipe/suggest.ts'
import { openSafety } from './safety/open-safety.ts'
import { servedBy } from './served.ts'
import { nodesIfAny } from './services.ts'
import type { Settings } from './settings.ts'
import { lookForPlan } from './swap/plan-state.ts'
import { swapHandler, unloadHandler } from './swap/swap-handlers.ts'
import { planSwap } from './swap/swap-plan.ts'
import type { ModelsView } from './views.ts'

/** What the handlers of the door share. */
export interface Shop {
  kind: Kind<Settings>
  catalogue: Catalogue
  recipes(): RecipeBook
  services(): ModelService[]
}

/** Opens the cluster-wide paths of the kind and starts reading the disks. */
export function openDoor(kind: Kind<Settings>): Open<typeof door> {
  const shop = createShop(kind)
  const { catalogue } = shop
  const models = rememberModels(shop)
  const swap = swapHandler((model, service) => resolveWanted(shop, model, service))
  const unload = unloadHandler((id) => kind.pick(id))
  const demand = openDemand(shop, { swap, unload })
  openSafety(kind, { swap, unload })
  return {
    handlers: {
      'GET /api/models': async () => {
        await catalogue.firstScan()
        return answer(200, models())
      },
      'GET /api/models/suggest': async ({ query }) => {
        await catalogue.firstScan()
        return answer(200, suggestFor(shop, query.repo, query.service))
      },
      'GET /api/models/:key/plan': async ({ params, query, signal }) => {
        const { service, wanted } = await resolveWanted(shop, params.key, query.service)
        const state = await lookForPlan(service, 0, signal)
        const plan = planSwap(state, wanted)
        const { title, confirm, commands, stops, consequence, holds } = plan
        return answer(200, {
          ...{ title, confirm, commands, stops, consequence, holds },
          last_load_seconds: plan.last_seconds,
          running_requests: plan.running_requests,
        })
      },
      ...fitHandlers(shop),
      ...recipeHandlers(shop),
      ...importHandler(shop),
      'DELETE /api/models/:key': deleteHandler(shop),
      'POST /api/models/rescan': async () => {
        await catalogue.rescan()
        return answer(200, models())
      },
      'GET /api/downloads': () =>
        answer(200, { downloads: kind.services().flatMap(listDownloads) }),
      'POST /api/downloads': downloadHandler(shop),
      'POST /api/swap': swap,
      'POST /api/unload': unload,
    },
    explainModel: (model) => explainModel(shop, model),
    hold: demand.hold,
    offered: demand.offered,
    stop: async () => demand.stop(),
  }
}

function createShop(kind: Kind<Settings>): Shop {
  return {
    kind,
    catalogue: createCatalogue(
      {
        hosts: () => [...kind.hosts.values()].filter(hasShell),
        activeJobs: () => kind.jobs.active().map(({ id }) => id),
        store: kind.store,
        clock: kind.clock,
        log: kind.log,
        onChange: () => kind.changed('models'),
      },
      kind.signal,
    ),
    recipes: () => openBook(kind.recipes),
    services: () => kind.services().map(viewService),
  }
}

const hasShell = ({ spec }: Host): boolean => spec.local || spec.user !== undefined

/** The models page asks every few seconds; the answer is made anew only when something changed. */
function rememberModels(shop: Shop): () => ModelsView {
  let madeFrom = ''
  let view: ModelsView | undefined
  return () => {
    const { recipes: files } = shop.kind
    const services = shop.kind
      .services()
      .map((service) => [service.id, service.settings, servedBy(service).version()])
    const lists = [files.list('override'), files.list('shipped')]
    const from = JSON.stringify([shop.catalogue.version(), services, lists])
    if (view && from === madeFrom) return view
    madeFrom = from
    view = viewModels({
      scans: shop.catalogue.scans(),
      failures: shop.catalogue.failures(),
      recipes: shop.recipes(),
      services: shop.services(),
    })
    return view
  }
}

/** A service as the models page needs it. */
function viewService(service: Service<Settings>): ModelService {
  const box = servedBy(service)
  return {
    id: service.id,
    nodes: nodesIfAny(service),
    manage: service.settings.manage,
    served: box.get(),
    load: box.kept.load,
  }
}
