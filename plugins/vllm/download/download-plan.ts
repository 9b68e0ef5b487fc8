import { arg, type ControlError, display, type HostSpec, type Plan, sh } from '#core'
import { modelHold } from '../delete/delete-plan.ts'
import { vllmError } from '../errors.ts'
import { list, long, volume } from '../words.ts'
import { type Copy, canCopy, copyWords, fetchWords } from './download-command.ts'
import type { DownloadLook } from './download-look.ts'
import type { HubInfo } from './hub-info.ts'

/** One host of a download. */
export interface DownloadHost {
  id: string
  spec: HostSpec
  look: DownloadLook
  /** The revision that is wanted lies on it already. */
  isWhole: boolean
}

/** Everything a download is decided from. */
export interface DownloadState {
  repo: string
  key: string
  title: string
  revision: string | null
  /** Hosts that are to have it, in order; the first without a whole copy downloads it. */
  targets: DownloadHost[]
  /** A host outside of the targets that has it whole. */
  donor: DownloadHost | null
  info: HubInfo | null
  image: string
  bytesPerS: number | null
}

/** A copy from host to host. */
export interface PlannedCopy {
  host: string
  hub: string
  way: 'rsync' | 'tar'
  words: string[]
}

export interface DownloadPlan extends Plan {
  name: string
  /** Null where a host has it already. */
  fetch: { host: string; hub: string; words: string[]; container: string | null } | null
  /** Where the copies come from. */
  from: { host: string; hub: string }
  copies: PlannedCopy[]
}

/** Left free on every disk, for logs, images and caches. */
const MARGIN_BYTES = 5e9

/** Decides what a download takes; null when every host has it. Throws for what cannot work. */
export function planDownload(state: DownloadState): DownloadPlan | null {
  const { targets, donor, key, title } = state
  const lacking = targets.filter(({ isWhole }) => !isWhole)
  const [first] = lacking
  if (!first) return null
  const name = `models--${key}`
  const source = targets.find(({ isWhole }) => isWhole) ?? donor ?? first
  const isFetched = source === first
  for (const host of lacking) checkRoom(state, host)
  if (isFetched && !first.look.tool) throw withoutTool(first.id, state.image)
  const copies = lacking
    .filter((host) => host !== source)
    .map((to) => planCopy({ name, from: source, to }))
  const fetch = isFetched ? planFetch(state, first, name) : null
  const bytes = sizeOf(state, source)
  return {
    title: isFetched
      ? `Download ${title} to ${list(lacking.map(({ id }) => id))}?`
      : `Copy ${title} from ${source.id} to ${list(lacking.map(({ id }) => id))}?`,
    confirm: `${isFetched ? 'Download' : 'Copy'}${bytes === null ? '' : ` ${volume(bytes)}`}`,
    commands: [
      ...(fetch ? [{ host: fetch.host, command: showWords(fetch.words) }] : []),
      ...copies.map(({ words }) => ({ host: source.id, command: showWords(words) })),
    ],
    stops: [],
    consequence: [
      whatComes(state, source, isFetched, bytes),
      copies.length > 0 ? howItIsCopied(source, copies) : '',
      ...lacking.map((host) => roomOn(state, host)),
      'What is loaded keeps running. A cancelled download keeps the files that are whole.',
      bytes !== null
        ? ''
        : `${first.id} could not ask the hub for the sizes, so the room was not checked.`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    holds: [modelHold(key)],
    last_seconds: null,
    running_requests: 0,
    name,
    fetch,
    from: { host: source.id, hub: source.look.hub },
    copies,
  }
}

function planFetch(state: DownloadState, { id, spec, look }: DownloadHost, name: string) {
  const tool = look.tool ?? 'hf'
  const container = `spark-control-${name}`
  const words = fetchWords(tool, {
    ...{ repo: state.repo, revision: state.revision, hub: look.hub },
    ...{ container, image: state.image, runtime: spec.container_runtime, owner: look.owner },
    workFolder: `${look.workFolder}/${name}`,
  })
  return {
    host: id,
    hub: look.hub,
    words,
    container: tool === 'container' ? container : null,
  }
}

function planCopy({ name, from, to }: { name: string; from: DownloadHost; to: DownloadHost }) {
  const copy: Copy = { name, fromHub: from.look.hub, toHub: to.look.hub, to: to.spec }
  if (!canCopy(copy)) {
    throw vllmError('COPY_FAILED', `the hub folders of ${from.id} and ${to.id} have odd names`, {
      hint: 'use letters, digits and . _ / @ + - in hf_home',
    })
  }
  const way = from.look.hasRsync && to.look.hasRsync ? 'rsync' : 'tar'
  return { host: to.id, hub: to.look.hub, way, words: copyWords(way, copy) } satisfies PlannedCopy
}

/** The words as they will run; those that begin with a dash are meant as options. */
const showWords = (words: readonly string[]): string =>
  display(sh`${words.map((word) => (word.startsWith('-') ? arg(word) : word))}`)

/** Bytes of the whole model, as far as somebody knows. */
function sizeOf({ info }: DownloadState, source: DownloadHost): number | null {
  if (info) return info.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return source.isWhole ? source.look.haveBytes : null
}

function checkRoom(state: DownloadState, host: DownloadHost): void {
  const { look, id } = host
  if (!look.isWritable) {
    throw vllmError('DOWNLOAD_FAILED', `the login user may not write into ${look.hub} on ${id}`, {
      hint: `on ${id}: sudo chown -R "$USER" ${look.hub}`,
    })
  }
  const needs = neededOn(state, host)
  if (needs === null || look.freeBytes === null) return
  const short = needs + MARGIN_BYTES - look.freeBytes
  if (short <= 0) return
  throw vllmError(
    'DISK_FULL',
    `${state.repo} needs ${volume(needs)} on ${id}, ${volume(look.freeBytes)} are free and ${volume(MARGIN_BYTES)} have to stay free`,
    { hint: `delete models of ${volume(short)} on ${id} first` },
  )
}

function neededOn(state: DownloadState, host: DownloadHost): number | null {
  const whole = sizeOf(state, state.targets.find(({ isWhole }) => isWhole) ?? state.donor ?? host)
  return whole === null ? null : Math.max(0, whole - host.look.haveBytes)
}

const withoutTool = (host: string, image: string): ControlError =>
  vllmError(
    'DOWNLOADER_MISSING',
    `${host} has nothing to download with: no hf, uvx or huggingface-cli, and no huggingface_hub in the image ${image}`,
    {
      hint: `on ${host}: curl -LsSf https://astral.sh/uv/install.sh | sh`,
    },
  )

function whatComes(
  { bytesPerS, repo, revision }: DownloadState,
  source: DownloadHost,
  isFetched: boolean,
  bytes: number | null,
): string {
  const what = `${repo}${revision ? ` at ${revision}` : ''}`
  const size = bytes === null ? '' : `, ${volume(bytes)}`
  if (!isFetched) return `${source.id} has ${what}${size}, so nothing is downloaded.`
  const left = bytes === null ? null : Math.max(0, bytes - source.look.haveBytes)
  const had =
    left !== null && source.look.haveBytes > 0
      ? ` ${volume(source.look.haveBytes)} of it are there already.`
      : ''
  const time =
    bytesPerS && left ? ` It takes about ${long(left / bytesPerS)} at your last speed.` : ''
  return `${source.id} downloads ${what}${size}, from the Hugging Face hub.${had}${time}`
}

const howItIsCopied = (source: DownloadHost, copies: PlannedCopy[]): string =>
  `${source.id} then copies it to ${list(copies.map(({ host }) => host))} over the link between the machines.`

function roomOn(state: DownloadState, host: DownloadHost): string {
  const needs = neededOn(state, host)
  if (needs === null || host.look.freeBytes === null) return ''
  return `${host.id} has ${volume(host.look.freeBytes)} free; ${volume(host.look.freeBytes - needs)} are left afterwards.`
}
