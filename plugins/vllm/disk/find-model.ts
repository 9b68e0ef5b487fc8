import { ControlError, type Service } from '#core'
import type { Shop } from '../door.ts'
import { vllmError } from '../errors.ts'
import type { ModelSizes } from '../fit/fit-wanted.ts'
import { adapterOf, baseOf, foldersOf, judgeAdapter } from '../fit/judge-adapter.ts'
import { readServed } from '../read-served.ts'
import { titleOf } from '../recipe/infer.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { servedBy } from '../served.ts'
import { assertManaged } from '../services.ts'
import { nodesOf, type Settings } from '../settings.ts'
import type { SwapTarget } from '../swap/swap-handlers.ts'
import { list } from '../words.ts'
import type { Adapter } from './adapter.ts'
import { isServed, judgeModel, type ModelEntry, mergeScans } from './models.ts'
import type { DiskModel } from './scan-host.ts'

/** The entry a caller means by repo id, key, or a name of its own settings; throws MODEL_NOT_FOUND. */
export function findEntry(shop: Shop, model: string): ModelEntry {
  const entries = mergeScans(shop.catalogue.scans())
  const found =
    entries.find(({ repo, key }) => repo === model || key === model) ??
    entries.find(({ repo }) => repo === namedBy(shop, model))
  if (found) return found
  const down = shop.catalogue.scans().filter((scan) => scan.error !== null)
  const unread = [...down.map(({ host }) => host), ...shop.catalogue.failures().map((f) => f.host)]
  throw new ControlError('MODEL_NOT_FOUND', `no disk has a model "${model}"`, {
    hint:
      unread.length > 0
        ? `${list(unread)} could not be read just now`
        : 'GET /api/models lists what there is; POST /api/models/rescan reads the disks again',
    details: [{ path: 'model', message: `"${model}" is on no disk` }],
  })
}

const namedBy = (shop: Shop, name: string): string | undefined =>
  shop.recipes().entries.find(({ recipe }) => recipe.names?.includes(name))?.recipe.repo

/** The service and the model of a swap, checked to be fit for each other; `edited` counts before it is saved. */
export async function resolveWanted(
  shop: Shop,
  model: string,
  serviceId?: string,
  edited?: Recipe,
): Promise<SwapTarget> {
  await shop.catalogue.firstScan()
  const service = shop.kind.pick(serviceId)
  assertManaged(service)
  const asked = findEntry(shop, model)
  const adapter = adapterOf(asked)
  const base = adapter && baseOf(asked, mergeScans(shop.catalogue.scans()))
  const entry = base ?? asked
  const recipe = edited ?? shop.recipes().find(entry.repo)?.recipe
  if (adapter) requireAdapter(asked, adapter, base, recipe, service)
  const fit = requireFit(entry, recipe, service)
  const [first] = entry.onHosts.filter(({ model: { state } }) => state === 'ready')
  requireOnePath(asked, fit, service)
  const title = `${titleOf(asked.repo)} on ${fit.title}`
  return {
    service,
    wanted: {
      recipe: adapter ? { ...fit, title } : fit,
      sizes: sizesOf(first?.model),
      folder: first?.model.path ?? null,
      ...(adapter && {
        lora: { repo: asked.repo, folder: foldersOf(asked)[0] ?? null, rank: adapter.rank },
      }),
      lastSeconds: servedBy(service).kept.load(asked.repo)?.seconds ?? null,
    },
    isServed: await isServedNow(service, asked.repo),
  }
}

/** What is known of a model's demands; bytes on disk where it is whole, else what its config says. */
export function sizesOf(model: DiskModel | undefined): ModelSizes {
  const facts = model?.facts
  const estimate = model?.state === 'ready' ? 0 : (facts?.estimatedWeightBytes ?? 0)
  return {
    weightBytes: Math.max(model?.weightBytes ?? 0, estimate),
    layout: facts?.layout ?? null,
    heads: facts?.heads ?? null,
    contextLimit: facts?.contextLimit ?? null,
  }
}

function requireAdapter(
  entry: ModelEntry,
  adapter: Adapter,
  base: ModelEntry | undefined,
  recipe: Recipe | undefined,
  service: Service<Settings>,
): void {
  const nodes = nodesOf(service.settings, service.host.id)
  const { state, reason } = judgeAdapter(entry, adapter, base, recipe, [{ nodes, manage: true }])
  if (state === 'ready') return
  const code = state === 'unsupported' ? 'MODEL_UNSUPPORTED' : 'MODEL_INCOMPLETE'
  throw vllmError(code, `${entry.repo} cannot be served: it ${reason ?? state}`, {
    ...(!base && { hint: `POST /api/downloads {"repo": "${adapter.base}"} brings it` }),
  })
}

/** A folder is mounted from one path on every machine, so it has to lie at the same everywhere. */
function requireOnePath(entry: ModelEntry, recipe: Recipe, service: Service<Settings>): void {
  const nodes = nodesOf(service.settings, service.host.id).slice(0, recipe.nodes)
  const places = entry.onHosts.filter(({ host, model }) => nodes.includes(host) && model.path)
  if (new Set(places.map(({ model }) => model.path)).size < 2) return
  const where = places.map(({ host, model }) => `${model.path} on ${host}`)
  throw vllmError('MODEL_INCOMPLETE', `${entry.repo} lies in different folders: ${list(where)}`, {
    hint: 'give it the same path on every machine it runs on',
  })
}

function requireFit(
  entry: ModelEntry,
  recipe: Recipe | undefined,
  service: Service<Settings>,
): Recipe {
  const nodes = nodesOf(service.settings, service.host.id)
  const { state, reason } = judgeModel(entry, recipe, [{ nodes, manage: true }])
  if (state === 'unsupported') {
    throw vllmError('MODEL_UNSUPPORTED', `${entry.repo} cannot be loaded: it ${reason}`)
  }
  if (state === 'needs_setup' || !recipe) {
    throw vllmError('MODEL_NEEDS_SETUP', `${entry.repo} has no launch settings yet`, {
      hint: `confirm the suggested ones: GET /api/models/suggest?repo=${entry.repo}, PUT /api/models/${entry.key}/recipe`,
    })
  }
  if (state !== 'ready') {
    throw vllmError('MODEL_INCOMPLETE', `${entry.repo} is not whole: ${reason ?? state}`, {
      hint: 'finish the download on every machine it runs on, then POST /api/models/rescan',
    })
  }
  assertWideEnough(recipe, service)
  return recipe
}

/** Throws MODEL_TOO_WIDE when a model spans more machines than the service has. */
export function assertWideEnough(recipe: Recipe, service: Service<Settings>): void {
  const nodes = nodesOf(service.settings, service.host.id)
  if (recipe.nodes <= nodes.length) return
  throw vllmError(
    'MODEL_TOO_WIDE',
    `${recipe.repo} needs ${recipe.nodes} machines, ${service.id} has ${nodes.length}`,
    {
      hint: `add machines to nodes of services.${service.id}, or change the settings of the model`,
    },
  )
}

/** Whether the engine serves this model at this moment, not when it was last probed. */
async function isServedNow(service: Service<Settings>, repo: string): Promise<boolean> {
  const answering = await readServed(service.http(), service.signal)
  if (answering.state === 'serving') {
    return answering.root === repo || answering.models.includes(repo)
  }
  return answering.state === 'late' && isServed(repo, servedBy(service).get())
}
