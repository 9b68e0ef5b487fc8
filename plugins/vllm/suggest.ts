import { ControlError } from '#core'
import type { Shop } from './door.ts'
import { vllmError } from './errors.ts'
import { findEntry } from './find-model.ts'
import { inferRecipe } from './infer.ts'
import { launcherName } from './launch-settings.ts'
import type { HostScan } from './scan-host.ts'
import type { Suggestion } from './views.ts'

/** Settings for a model on disk, inferred for the service's machines. */
export function suggestFor(shop: Shop, repo: string, serviceId?: string): Suggestion {
  const entry = findEntry(shop, repo)
  const best =
    entry.onHosts.find(({ model }) => model.state === 'ready' && model.facts) ??
    entry.onHosts.find(({ model }) => model.facts)
  if (!best?.model.facts) {
    throw vllmError('MODEL_INCOMPLETE', `${repo} has no readable config.json on any disk`, {
      hint: entry.onHosts[0]?.model.reason ?? 'download it again',
    })
  }
  const nodes = nodesFor(shop, serviceId)
  const memories = shop.catalogue
    .scans()
    .filter(({ host }) => nodes.length === 0 || nodes.includes(host))
    .map(engineBytes)
    .filter((bytes) => bytes !== null)
  const suggestion = inferRecipe({
    repo: entry.repo,
    facts: best.model.facts,
    weightBytes: best.model.weightBytes,
    isWhole: best.model.state === 'ready',
    hostBytes: memories.length > 0 ? Math.min(...memories) : null,
    hosts: Math.max(1, nodes.length),
  })
  return isSpread(shop, serviceId) ? suggestion : withoutParts(suggestion)
}

/** On one machine there are as many parts as GPUs, which is what leaving it open means. */
function withoutParts({ recipe, why, ...rest }: Suggestion): Suggestion {
  const { tensor_parallel: _, ...others } = recipe
  return { ...rest, recipe: others, why: why.filter(({ field }) => field !== 'tensor_parallel') }
}

/** Whether the service's launcher counts machines and not GPUs. */
function isSpread(shop: Shop, serviceId?: string): boolean {
  const services = shop.kind.services().filter(({ id }) => id === (serviceId ?? id))
  return services.some(({ settings }) => launcherName(settings) === 'launch-cluster')
}

/** A discrete GPU's own memory, else the machine's, which the GPU shares. */
const engineBytes = ({ gpuMemoryBytes, memoryBytes }: HostScan): number | null =>
  gpuMemoryBytes ?? memoryBytes

function nodesFor(shop: Shop, serviceId?: string): string[] {
  if (serviceId !== undefined) shop.kind.pick(serviceId)
  try {
    const { id } = shop.kind.pick(serviceId)
    return shop.services().find((service) => service.id === id)?.nodes ?? []
  } catch (thrown) {
    // several services and none named: the suggestion is made for the widest
    if (!(thrown instanceof ControlError) || serviceId !== undefined) throw thrown
    return shop.services().toSorted((a, b) => b.nodes.length - a.nodes.length)[0]?.nodes ?? []
  }
}
