import { answer, type Handlers } from '#core'
import type { door } from '../api.ts'
import { assertWideEnough, findEntry, sizesOf } from '../disk/find-model.ts'
import type { Shop } from '../door.ts'
import { requireSuited } from '../launch/plan-launch.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { suggestFor } from '../recipe/suggest.ts'
import { assertManaged } from '../services.ts'
import { lookForPlan } from '../swap/plan-state.ts'
import { viewFit } from './fit-view.ts'
import { judgeLaunch } from './judge-launch.ts'

const FIT = 'GET /api/models/:key/fit'

/** Whether a model fits now: with its settings, with suggested ones, or with those asked about. */
export const fitHandlers = (shop: Shop): Pick<Handlers<typeof door>, typeof FIT> => ({
  [FIT]: async ({ params, query, signal }) => {
    await shop.catalogue.firstScan()
    const service = shop.kind.pick(query.service)
    assertManaged(service)
    const entry = findEntry(shop, params.key)
    const saved = shop.recipes().find(entry.repo)
    const base = saved?.recipe ?? suggestFor(shop, entry.repo, service.id).recipe
    const recipe: Recipe = {
      ...base,
      ...(query.max_model_len !== undefined && { max_model_len: query.max_model_len }),
      ...(query.gpu_memory_utilization !== undefined && {
        gpu_memory_utilization: query.gpu_memory_utilization,
      }),
    }
    assertWideEnough(recipe, service)
    const best =
      entry.onHosts.find(({ model }) => model.state === 'ready') ??
      entry.onHosts.find(({ model }) => model.facts)
    const sizes = sizesOf(best?.model)
    const state = await lookForPlan(service, 0, signal)
    requireSuited(state, recipe)
    const fit = judgeLaunch(state, { recipe, sizes, folder: null, lastSeconds: null })
    return answer(
      200,
      viewFit(fit, {
        ...{ key: entry.key, repo: entry.repo, service: service.id, nodes: recipe.nodes },
        source: saved?.source ?? 'suggested',
        isEstimated: sizes.weightBytes > (best?.model.weightBytes ?? 0),
        wanted: fit.wanted,
      }),
    )
  },
})
