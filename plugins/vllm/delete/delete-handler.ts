import { answer, ControlError, type OperateHandler, type Plan, type Service } from '#core'
import type { door } from '../api.ts'
import { findEntry } from '../disk/find-model.ts'
import { assertUnused } from '../disk/in-use.ts'
import { type Measured, measureFolders } from '../disk/measure-folders.ts'
import { type ModelPlace, pathsOf } from '../disk/model-place.ts'
import type { ModelEntry } from '../disk/models.ts'
import type { Shop } from '../door.ts'
import { vllmError } from '../errors.ts'
import { isHostError } from '../launch/container.ts'
import { launchSettings } from '../launch/launch-settings.ts'
import { titleOf } from '../recipe/infer.ts'
import { servedBy } from '../served.ts'
import { jobOwner, nodesIfAny } from '../services.ts'
import type { Settings } from '../settings.ts'
import type { DeleteInput } from './delete-job.ts'
import { type DeleteState, modelHold, type PlacedModel, planDelete } from './delete-plan.ts'

type DeleteRoute = (typeof door)['DELETE /api/models/:key']
type FullPlan = Plan & { state: DeleteState; repo: string }

/** DELETE /api/models/:key: the plan of the dry run, of the 428 and of the act is one. */
export function deleteHandler(shop: Shop): OperateHandler<DeleteRoute, FullPlan> {
  return {
    async plan({ params: { key }, signal }) {
      await shop.catalogue.firstScan()
      const entry = findEntry(shop, key)
      await assertUnused(shop.kind, entry.repo, signal)
      const state = await lookForDelete(shop, entry, signal)
      return { ...planDelete(state), state, repo: entry.repo }
    },
    apply(plan, { params: { key }, query: { confirm } }) {
      if (!plan) throw new ControlError('NOT_FOUND', `${key} is on no disk`)
      if (confirm !== key) throw unconfirmed(plan, key)
      const input: DeleteInput = {
        model: plan.repo,
        title: plan.state.title,
        places: plan.state.places.map(({ place, sizeBytes, sharedWith, images }) => ({
          place,
          images,
          bytes: sharedWith ? 0 : sizeBytes,
        })),
      }
      const { job } = jobOwner(shop.kind).jobs.start({
        name: 'delete',
        input,
        joinKey: `delete:${key}`,
        holds: [modelHold(key)],
      })
      return answer(202, { job, unchanged: false }, { Location: `/api/jobs/${job.id}` })
    },
  }
}

function unconfirmed(plan: Plan, key: string): ControlError {
  const said = [plan.title, ...plan.consequence.split('\n'), 'This cannot be undone.'].join(' ')
  return vllmError('CONFIRM_MISSING', said, {
    hint: `name it to delete it: DELETE /api/models/${key}?confirm=${key}`,
    details: [{ path: 'confirm', message: `must be "${key}"` }],
  })
}

async function lookForDelete(
  shop: Shop,
  entry: ModelEntry,
  signal: AbortSignal,
): Promise<DeleteState> {
  const { kind } = shop
  const recipe = shop.recipes().find(entry.repo)
  const away: string[] = []
  const seen: (PlacedModel & { measured: Measured })[] = []
  for (const { place, measured } of await measureAll(shop, entry, signal)) {
    if (!measured) away.push(place.host)
    else if (measured.isWriting) throw beingWritten(entry.repo, place)
    else if (measured.present.length > 0) {
      const twin = seen.find((other) => isSameDisk(other.measured, measured))
      seen.push({
        place,
        measured,
        runtime: kind.hosts.get(place.host)?.spec.container_runtime ?? 'docker',
        images: imagesFor(kind.services(), place.host, recipe?.recipe.image),
        sizeBytes: measured.sizeBytes,
        isForeign: measured.isForeign,
        sharedWith: twin?.place.host ?? null,
      })
    }
  }
  if (seen.length === 0) {
    throw new ControlError('MODEL_NOT_FOUND', `${entry.repo} is on no disk that can be read now`, {
      hint: 'POST /api/models/rescan reads the disks again',
    })
  }
  return {
    key: entry.key,
    title: recipe?.recipe.title ?? titleOf(entry.repo),
    places: seen,
    away,
    lastUsedAtS: lastUsed(shop, entry),
    nowMs: kind.clock.now(),
    bytesPerS: speedOf(kind.services()),
    hasOverride: recipe?.source === 'override' && recipe.match === null,
  }
}

async function measureAll(shop: Shop, entry: ModelEntry, signal: AbortSignal) {
  return Promise.all(
    placesOf(entry).map(async (place) => {
      const host = shop.kind.hosts.get(place.host)
      const measured = host && (await measureIfUp(host, place, signal))
      return { place, measured }
    }),
  )
}

async function measureIfUp(
  host: Parameters<typeof measureFolders>[0],
  place: ModelPlace,
  signal: AbortSignal,
): Promise<Measured | undefined> {
  try {
    return await measureFolders(host, pathsOf(place), signal)
  } catch (thrown) {
    // the plan says which hosts keep their copy
    if (isHostError(thrown)) return undefined
    throw thrown
  }
}

/** Where the scans saw a model. */
export const placesOf = (entry: ModelEntry): ModelPlace[] =>
  entry.onHosts.flatMap(({ host, model, scan }): ModelPlace[] => {
    if (model.path !== undefined) {
      const at = model.path.lastIndexOf('/')
      const [parent, name] = [model.path.slice(0, at), model.path.slice(at + 1)]
      return [{ host, source: 'local', parent, name }]
    }
    if (scan.hubPath === null) return []
    return [{ host, source: 'hf-cache', parent: scan.hubPath, name: `models--${model.key}` }]
  })

const isSameDisk = (one: Measured, other: Measured): boolean =>
  one.files > 0 && one.fingerprint === other.fingerprint

const beingWritten = (repo: string, { host }: ModelPlace): ControlError =>
  vllmError('MODEL_DOWNLOADING', `${repo} is being downloaded on ${host}`, {
    hint: 'wait for it, or stop it there; two minutes after its last byte it can be deleted',
    retryAfterS: 60,
  })

/** What any of the services last downloaded at. */
function speedOf(services: readonly Service<Settings>[]): number | null {
  const speeds = services.flatMap((service) => servedBy(service).kept.downloadSpeed() ?? [])
  return speeds[0] ?? null
}

/** Images a container can be made of on a host: those of its own services first. */
function imagesFor(
  services: readonly Service<Settings>[],
  host: string,
  own: string | undefined,
): string[] {
  const here = services.filter((service) => nodesIfAny(service).includes(host))
  const images = [...here, ...services].map(
    ({ id, settings }) => launchSettings(settings, id).image,
  )
  return [...new Set([...images, ...(own ? [own] : [])])]
}

/** Our own record of loads where there is one; the disk's access times are a day apart at best. */
function lastUsed(shop: Shop, entry: ModelEntry): number | null {
  const loads = shop.services().flatMap(({ load }) => load(entry.repo)?.loadedAt ?? [])
  const times = [
    ...loads.map((at) => Date.parse(at) / 1000),
    ...entry.onHosts.flatMap(({ model }) => model.lastUsedAtS ?? []),
  ]
  return times.length > 0 ? Math.max(...times) : null
}
