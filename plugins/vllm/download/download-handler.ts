import {
  answer,
  type Call,
  ControlError,
  type Host,
  type OperateHandler,
  type Service,
} from '#core'
import type { door } from '../api.ts'
import { mergeScans } from '../disk/models.ts'
import type { Shop } from '../door.ts'
import { launchSettings } from '../launch/launch-settings.ts'
import { titleOf } from '../recipe/infer.ts'
import { keyOf } from '../recipe/patterns.ts'
import { servedBy } from '../served.ts'
import { jobOwner, nodesIfAny } from '../services.ts'
import type { Settings } from '../settings.ts'
import type { DownloadInput } from './download-job.ts'
import { type DownloadLook, lookBeforeDownload } from './download-look.ts'
import {
  type DownloadHost,
  type DownloadPlan,
  type DownloadState,
  planDownload,
} from './download-plan.ts'
import { gated, type HubInfo, readHubAnswer } from './hub-info.ts'

type DownloadRoute = (typeof door)['POST /api/downloads']
type FullPlan = DownloadPlan & { state: DownloadState; owner: Service<Settings> }

/** POST /api/downloads: one plan for the dry run, the dialog and the act. */
export function downloadHandler(shop: Shop): OperateHandler<DownloadRoute, FullPlan> {
  return {
    async plan(call) {
      // what was deleted or copied a moment ago is in no kept scan
      await shop.catalogue.rescan()
      const owner = downloadOwner(shop)
      const state = await lookForDownload(shop, owner, call)
      const plan = planDownload(state)
      return plan && { ...plan, state, owner }
    },
    apply(plan) {
      if (!plan) return answer(200, { job: null, unchanged: true })
      const { state, owner, name, fetch, from, copies } = plan
      const input: DownloadInput = {
        model: state.repo,
        title: state.title,
        revision: state.revision,
        ...{
          name,
          fetch,
          from,
          copies: copies.map(({ host, hub, words }) => ({ host, hub, words })),
        },
      }
      const { job } = owner.jobs.start({
        name: 'download',
        input,
        joinKey: `download:${JSON.stringify([input.model, input.revision, fetch?.host, copies.map(({ host }) => host)])}`,
        holds: plan.holds,
      })
      return answer(202, { job, unchanged: false }, { Location: `/api/jobs/${job.id}` })
    },
  }
}

/** The service whose token is used and whose jobs these are. */
function downloadOwner({ kind }: Shop): Service<Settings> {
  const withToken = kind.services().find(({ settings }) => settings.hf_token !== undefined)
  return withToken ?? jobOwner(kind)
}

async function lookForDownload(
  shop: Shop,
  owner: Service<Settings>,
  { body, signal }: Call<DownloadRoute>,
): Promise<DownloadState> {
  const revision = body.revision ?? null
  const { repo } = body
  const recipe = shop.recipes().find(repo)?.recipe
  const key = keyOf(repo)
  const whole = wholeOn(shop, key, revision)
  const ids = [...new Set(body.hosts ?? usualHosts(shop, owner, recipe?.nodes))]
  const hosts = ids.map((id) => requireShell(shop, id))
  const isNeeded = whole.length === 0
  const image = recipe?.image ?? launchSettings(owner.settings, owner.id).image
  const look = async (host: Host): Promise<DownloadHost> => ({
    id: host.id,
    spec: host.spec,
    isWhole: whole.includes(host.id),
    look: await lookBeforeDownload(
      host,
      {
        ...{ name: `models--${key}`, revision, image },
        repo: isNeeded && host.id === ids[0] ? repo : '',
        endpoint: owner.settings.env.HF_ENDPOINT ?? '',
      },
      owner.settings.hf_token,
      signal,
    ),
  })
  const targets = await Promise.all(hosts.map(look))
  const donorId = targets.some(({ isWhole }) => isWhole) ? undefined : whole[0]
  const donorHost = donorId === undefined ? undefined : shop.kind.hosts.get(donorId)
  const [first] = targets
  return {
    ...{ repo, key, revision, targets, image },
    title: recipe?.title ?? titleOf(repo),
    donor: donorHost ? await look(donorHost) : null,
    info: first && isNeeded ? readInfo(first.look, repo, revision, first.id) : null,
    bytesPerS: servedBy(owner).kept.downloadSpeed() ?? null,
  }
}

function readInfo(
  look: DownloadLook,
  repo: string,
  revision: string | null,
  host: string,
): HubInfo | null {
  if (!look.answer) return null
  const { hasToken } = look
  const info = readHubAnswer(look.answer, { repo, revision, host, hasToken })
  if (info?.isGated && !hasToken) throw gated(repo, hasToken)
  return info ?? null
}

/** Hosts that have the wanted revision whole, by the newest scans. */
function wholeOn(shop: Shop, key: string, revision: string | null): string[] {
  const entry = mergeScans(shop.catalogue.scans()).find((each) => each.key === key)
  return (entry?.onHosts ?? [])
    .filter(
      ({ model, scan }) =>
        model.source === 'hf-cache' &&
        model.state === 'ready' &&
        scan.error === null &&
        (revision === null || revision === model.revision),
    )
    .map(({ host }) => host)
}

/** Where its recipe would run it; the head where there is none. */
function usualHosts(shop: Shop, owner: Service<Settings>, nodes = 1): string[] {
  const service = shop.kind.services().find(({ settings }) => settings.manage) ?? owner
  return nodesIfAny(service).slice(0, nodes)
}

function requireShell({ kind }: Shop, id: string): Host {
  const host = kind.hosts.get(id)
  if (!host) {
    const known = [...kind.hosts.keys()].map((each) => `"${each}"`).join(', ')
    throw new ControlError('HOST_UNKNOWN', `no host "${id}" in the topology; it has ${known}`)
  }
  if (host.spec.local || host.spec.user !== undefined) return host
  throw new ControlError('HOST_NO_SSH', `${id} has no user, so nothing can be downloaded to it`, {
    hint: `give hosts.${id} a user in topology.yaml`,
  })
}
