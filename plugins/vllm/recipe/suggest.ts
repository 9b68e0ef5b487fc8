import { ControlError } from '#core'
import { findEntry } from '../disk/find-model.ts'
import type { HostScan } from '../disk/scan-host.ts'
import type { Shop } from '../door.ts'
import { vllmError } from '../errors.ts'
import { launcherName } from '../launch/launch-settings.ts'
import type { Settings } from '../settings.ts'
import type { Suggestion } from '../views.ts'
import { inferRecipe } from './infer.ts'

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
  const scans = shop.catalogue
    .scans()
    .filter(({ host }) => nodes.length === 0 || nodes.includes(host))
  const memories = scans.map(engineBytes).filter((bytes) => bytes !== null)
  const settings = settingsFor(shop, serviceId)
  const numbered = settings.flatMap(({ gpus }) => (Array.isArray(gpus) ? [gpus.length] : []))
  return inferRecipe({
    repo: entry.repo,
    facts: best.model.facts,
    weightBytes: best.model.weightBytes,
    isWhole: best.model.state === 'ready',
    hostBytes: memories.length > 0 ? Math.min(...memories) : null,
    hosts: Math.max(1, nodes.length),
    cards: scans.length > 0 ? Math.min(...scans.map(cardsOf), ...numbered) : 0,
    // launch-cluster.sh counts machines, the others GPUs of one
    isSpread: settings.some((each) => launcherName(each) === 'launch-cluster'),
  })
}

/** A card's own memory, else the machine's, which the GPU shares. */
function engineBytes(scan: HostScan): number | null {
  const { gpuMemoryBytes, memoryBytes } = scan
  return gpuMemoryBytes === null ? memoryBytes : gpuMemoryBytes / cardsOf(scan)
}

const cardsOf = ({ gpuMemoryBytes, gpuCount }: HostScan): number =>
  gpuMemoryBytes === null ? 0 : (gpuCount ?? 1)

const settingsFor = (shop: Shop, serviceId?: string): Settings[] =>
  shop.kind
    .services()
    .filter(({ id }) => id === (serviceId ?? id))
    .map(({ settings }) => settings)

function nodesFor(shop: Shop, serviceId?: string): string[] {
  try {
    const { id } = shop.kind.pick(serviceId)
    return shop.services().find((service) => service.id === id)?.nodes ?? []
  } catch (thrown) {
    // several services and none named: the suggestion is made for the widest
    if (!(thrown instanceof ControlError) || serviceId !== undefined) throw thrown
    return shop.services().toSorted((a, b) => b.nodes.length - a.nodes.length)[0]?.nodes ?? []
  }
}
