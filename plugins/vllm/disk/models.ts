import { adapterOf, baseOf, judgeAdapter } from '../fit/judge-adapter.ts'
import type { Served } from '../kept.ts'
import { keyOf } from '../recipe/patterns.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { FoundRecipe, RecipeBook } from '../recipe/recipe-book.ts'
import type { ModelState, ModelsView, ModelView } from '../views.ts'
import type { DiskModel, HostScan } from './scan-host.ts'

/** A service as far as models care. */
export interface ModelService {
  id: string
  /** Machines, head first. */
  nodes: string[]
  manage: boolean
  served: Served | null | undefined
  load(repo: string): { seconds: number; loadedAt: string } | undefined
}

export interface ModelsInput {
  scans: HostScan[]
  failures: { host: string; message: string }[]
  recipes: RecipeBook
  services: ModelService[]
}

/** One model over all hosts. */
export interface ModelEntry {
  repo: string
  key: string
  source: 'hf-cache' | 'local'
  onHosts: { host: string; model: DiskModel; scan: HostScan }[]
}

/** Disks ∪ recipes ∪ what runs, as GET /api/models shows it. */
export function viewModels(input: ModelsInput): ModelsView {
  const entries = mergeScans(input.scans)
  const times = input.scans.map((scan) => scan.scannedAt)
  return {
    models: entries.map((entry) => {
      const base = baseOf(entry, entries)
      const recipe = input.recipes.find((base ?? entry).repo)
      return viewModel(entry, base, recipe, input.services)
    }),
    recipes: input.recipes.entries.map(({ recipe: { repo, title } }) => ({
      key: keyOf(repo),
      repo,
      title,
    })),
    scanned_at: times.length > 0 ? new Date(Math.min(...times)).toISOString() : null,
    errors: [
      ...input.failures,
      ...input.scans.flatMap(({ host, error, warning }) =>
        [error, warning].flatMap((message) => (message === null ? [] : [{ host, message }])),
      ),
    ],
  }
}

/** The same model on several disks becomes one entry; sorted by repo. */
export function mergeScans(scans: readonly HostScan[]): ModelEntry[] {
  const entries = new Map<string, ModelEntry>()
  for (const scan of scans) {
    for (const model of scan.models) {
      const { key, repo, source } = model
      const entry = entries.get(key) ?? { key, repo, source, onHosts: [] }
      entry.onHosts.push({ host: scan.host, model, scan })
      entries.set(key, entry)
    }
  }
  return [...entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Whether a service can load a model as it lies on the disks; `reason` says why not. */
export function judgeModel(
  entry: ModelEntry,
  recipe: Recipe | undefined,
  services: readonly Pick<ModelService, 'nodes' | 'manage'>[],
): { state: ModelState; reason?: string } {
  const states = entry.onHosts.map(({ model }) => model.state)
  const whole = entry.onHosts.filter(({ model }) => model.state === 'ready').map(({ host }) => host)
  if (whole.length === 0) {
    const order = ['downloading', 'partial', 'unsupported'] as const
    const state = order.find((candidate) => states.includes(candidate)) ?? 'partial'
    const reason = entry.onHosts.find(({ model }) => model.state === state)?.model.reason
    return { state, ...(reason && { reason }) }
  }
  if (!recipe) return { state: 'needs_setup' }
  const managed = services.filter((service) => service.manage)
  const lacking = managed.map(({ nodes }) => missingNodes(nodes, recipe.nodes, whole))
  if (managed.length === 0 || lacking.some((missing) => missing?.length === 0)) {
    return { state: 'ready' }
  }
  const nearest = lacking
    .filter((missing) => missing !== undefined)
    .sort((a, b) => a.length - b.length)[0]
  if (!nearest) {
    return { state: 'ready', reason: `needs ${recipe.nodes} machines; no service has so many` }
  }
  const isComing = entry.onHosts.some(
    ({ host, model }) => nearest.includes(host) && model.state === 'downloading',
  )
  return {
    state: isComing ? 'downloading' : 'partial',
    reason: `is on ${whole.join(' and ')}, not on ${nearest.join(' and ')}, where it would run`,
  }
}

/** Machines of a service that lack the model; undefined when it has too few of them. */
function missingNodes(nodes: string[], wanted: number, whole: string[]): string[] | undefined {
  if (nodes.length < wanted) return undefined
  return nodes.slice(0, wanted).filter((node) => !whole.includes(node))
}

function viewModel(
  entry: ModelEntry,
  base: ModelEntry | undefined,
  recipe: FoundRecipe | undefined,
  services: ModelService[],
): ModelView {
  const loads = services
    .flatMap((service) => service.load(entry.repo) ?? [])
    .sort((a, b) => (a.loadedAt < b.loadedAt ? 1 : -1))
  const adapter = adapterOf(entry)
  return {
    key: entry.key,
    repo: entry.repo,
    source: entry.source,
    ...(adapter
      ? judgeAdapter(entry, adapter, base, recipe?.recipe, services)
      : judgeModel(entry, recipe?.recipe, services)),
    ...(adapter && { adapter_of: adapter.base }),
    mode: recipe ? (recipe.recipe.nodes > 1 ? 'cluster' : 'solo') : null,
    capabilities: capabilitiesOf(base ?? entry, recipe?.recipe),
    // an adapter is launched by its base's settings and has none of its own
    recipe: adapter ? null : (recipe?.recipe ?? null),
    recipe_source: adapter ? null : (recipe?.source ?? null),
    recipe_match: adapter ? null : (recipe?.match ?? null),
    hosts: entry.onHosts.map(({ host, model, scan }) => ({
      host,
      state: model.state,
      ...(model.reason && { reason: model.reason }),
      size_bytes: model.sizeBytes,
      weight_bytes: model.weightBytes,
      last_used_at: model.lastUsedAtS ? new Date(model.lastUsedAtS * 1000).toISOString() : null,
      stale: scan.error !== null,
      scanned_at: new Date(scan.scannedAt).toISOString(),
    })),
    running: services
      .filter(({ served }) => isServed(entry.repo, served))
      .map(({ id, nodes, served }) => ({
        service: id,
        host: nodes[0] ?? '',
        since: served?.since ?? null,
      })),
    last_load_seconds: loads[0]?.seconds ?? null,
    last_loaded_at: loads[0]?.loadedAt ?? null,
  }
}

/** Whether what a service serves is this model, under whatever names. */
export const isServed = (repo: string, served: Served | null | undefined): boolean =>
  served?.root === repo || served?.models.includes(repo) === true

function capabilitiesOf(entry: ModelEntry, recipe: Recipe | undefined): string[] {
  const facts = entry.onHosts.find(({ model }) => model.facts)?.model.facts
  return [
    ...(facts?.capabilities ?? []),
    ...(recipe?.tool_parser ? ['tools'] : []),
    ...(recipe?.reasoning_parser ? ['reasoning'] : []),
  ]
}
