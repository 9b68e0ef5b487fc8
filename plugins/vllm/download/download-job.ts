import { type Job, type JobDef, Nullable, type Service, type Static, Type } from '#core'
import { vllmError } from '../errors.ts'
import { servedBy } from '../served.ts'
import { requireHost } from '../services.ts'
import type { Settings } from '../settings.ts'
import { volume } from '../words.ts'
import { bringIn } from './bring-in.ts'
import { fetchEnv } from './download-command.ts'
import { lookBeforeDownload } from './download-look.ts'
import { forgetDownload } from './downloads.ts'
import { type HubFile, readHubAnswer } from './hub-info.ts'
import { lookAtArrived } from './transfer.ts'

const Words = Type.Array(Type.String())

/** Decided by the plan, kept so that a restart goes on with the same. Never holds the token. */
export const DownloadInput = Type.Object({
  model: Type.String(),
  title: Type.String(),
  revision: Nullable(Type.String()),
  /** Its folder's name in every hub. */
  name: Type.String({ pattern: '^models--(?!.*\\.\\.)[A-Za-z0-9._-]+$' }),
  fetch: Nullable(
    Type.Object({
      host: Type.String(),
      hub: Type.String(),
      words: Words,
      container: Nullable(Type.String()),
    }),
  ),
  from: Type.Object({ host: Type.String(), hub: Type.String() }),
  copies: Type.Array(Type.Object({ host: Type.String(), hub: Type.String(), words: Words })),
})
export type DownloadInput = Static<typeof DownloadInput>

/** Brings a model onto the disks: one download from the hub, then copies from host to host. */
export const downloadJob = {
  input: DownloadInput,
  title: ({ fetch, title }: DownloadInput) => `${fetch ? 'Download' : 'Copy'} ${title}`,
  happening: {
    name: 'download',
    data: ({ model, fetch, from, copies }: DownloadInput) => ({
      model,
      hosts: [...new Set([fetch?.host ?? from.host, ...copies.map(({ host }) => host)])],
    }),
  },
  run: runDownload,
} satisfies JobDef<typeof DownloadInput, Settings>

/** What a revision consists of, as far as anybody said. */
interface Wanted {
  sha: string | null
  files: HubFile[]
  hasToken: boolean
}

async function runDownload(job: Job<DownloadInput>, service: Service<Settings>): Promise<unknown> {
  const { fetch, copies, model } = job.input
  try {
    let wanted: Wanted = { sha: null, files: [], hasToken: false }
    if (fetch) {
      job.phase('asking the hub')
      wanted = await job.step('ask', () => askHub(job, service, fetch.host))
      job.phase(`downloading to ${fetch.host}`)
      wanted = await job.step('download', () => download(job, service, fetch, wanted))
    }
    for (const [index, copy] of copies.entries()) {
      job.phase(`copying to ${copy.host}`)
      await job.step(`copy ${index}`, () => copyTo(job, service, copy, wanted))
    }
    const hosts = [...(fetch ? [fetch.host] : []), ...copies.map(({ host }) => host)]
    return { model, revision: wanted.sha, hosts }
  } finally {
    forgetDownload(service, job.id)
    service.changed('downloads')
    service.changed('models')
  }
}

/** The list of files, by which progress and wholeness are told; without one the tree file serves. */
async function askHub(
  job: Job<DownloadInput>,
  service: Service<Settings>,
  id: string,
): Promise<Wanted> {
  const { name, model, revision } = job.input
  const host = requireHost(service, id)
  const endpoint = service.settings.env.HF_ENDPOINT ?? ''
  const look = await lookBeforeDownload(
    host,
    { name, repo: model, revision, endpoint, image: '' },
    service.settings.hf_token,
    job.signal,
  )
  const at = { repo: model, revision, host: id, hasToken: look.hasToken }
  const info = look.answer && readHubAnswer(look.answer, at)
  return { sha: info?.sha ?? null, files: info?.files ?? [], hasToken: look.hasToken }
}

async function download(
  job: Job<DownloadInput>,
  service: Service<Settings>,
  { host: id, hub, words, container }: NonNullable<DownloadInput['fetch']>,
  { sha, files, hasToken }: Wanted,
): Promise<Wanted> {
  const { name, revision } = job.input
  const host = requireHost(service, id)
  const came = await bringIn(job, service, {
    kind: 'download',
    to: { host, hub },
    runsOn: host,
    work: { name, words, env: fetchEnv(hub, service.settings.env), container },
    token: service.settings.hf_token,
    hasToken,
    sha: sha ?? (revision && /^[0-9a-f]{40}$/.test(revision) ? revision : null),
    files,
  })
  if (came.bytesPerS !== null) servedBy(service).kept.setDownloadSpeed(came.bytesPerS)
  return { sha: came.sha ?? sha, files: came.files, hasToken }
}

async function copyTo(
  job: Job<DownloadInput>,
  service: Service<Settings>,
  { host: id, hub, words }: DownloadInput['copies'][number],
  wanted: Wanted,
): Promise<void> {
  const { name, from } = job.input
  const source = requireHost(service, from.host)
  const { revision } = job.input
  const at = { hub: from.hub, name, sha: wanted.sha ?? revision, revision: revision ?? 'main' }
  const original = await lookAtArrived(source, at, job.signal)
  if (original.files.size === 0) {
    throw vllmError('COPY_FAILED', `${job.input.model} is no longer on ${from.host}`, {
      hint: 'POST /api/models/rescan reads the disks again',
    })
  }
  const known = new Map(wanted.files.map((file) => [file.path, file.blob]))
  const files = [...original.files].map(([path, sizeBytes]) => ({
    path,
    sizeBytes,
    blob: known.get(path) ?? original.blobOf.get(path) ?? '',
  }))
  const came = await bringIn(job, service, {
    kind: 'copy',
    to: { host: requireHost(service, id), hub },
    runsOn: source,
    work: { name: `${name}@${id}`, words, env: [], container: null },
    token: undefined,
    hasToken: false,
    sha: original.sha,
    files,
  })
  job.line(`${id}: ${volume(came.bytes)} are there`)
}
