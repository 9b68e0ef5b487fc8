import { ControlError, type Host, type Job, type Service, sh } from '#core'
import { vllmError } from '../errors.ts'
import { keyOf } from '../recipe/patterns.ts'
import type { Settings } from '../settings.ts'
import { long, volume } from '../words.ts'
import type { Work } from './detached.ts'
import { explainFailure } from './download-failure.ts'
import type { DownloadInput } from './download-job.ts'
import { noteDownload, viewProgress } from './downloads.ts'
import { followWork } from './follow-work.ts'
import type { HubFile } from './hub-info.ts'
import {
  type Arrived,
  createSpeedometer,
  lookAtArrived,
  missingFiles,
  progressOf,
  sweep,
} from './transfer.ts'

/** One transfer: what runs where, and what has to be there in the end. */
export interface Transfer {
  kind: 'download' | 'copy'
  to: { host: Host; hub: string }
  /** The host the work runs on: the receiver of a download, the giver of a copy. */
  runsOn: Host
  work: Work
  token: string | undefined
  hasToken: boolean
  /** The commit that is wanted; null: whatever the revision stands at. */
  sha: string | null
  /** What belongs to it; empty while nobody said. */
  files: HubFile[]
}

export interface BroughtIn {
  sha: string | null
  files: HubFile[]
  bytes: number
  /** Over the whole time; null for one too short or taken up in the middle. */
  bytesPerS: number | null
}

/** How often a transfer that was killed on its host is begun again. */
const MOST_STARTS = 4
/** Less than this says nothing about a network. */
const WORTH_MEASURING_BYTES = 100e6
const PERCENT_A_LINE = 10

/**
 * Runs a transfer to its end and makes sure that all of it has come. A cancel or a failure stops the
 * work, verified, and removes partial files.
 */
export async function bringIn(
  job: Job<DownloadInput>,
  service: Service<Settings>,
  transfer: Transfer,
): Promise<BroughtIn> {
  const { to, work, runsOn } = transfer
  const { name, model: repo, revision } = job.input
  // a copy is of one commit; a download is of whatever the branch stands at when it ends
  const ref = transfer.kind === 'copy' ? null : (revision ?? 'main')
  const meter = createMeter(job, service, transfer)
  const look = async (signal: AbortSignal) =>
    meter.note(
      await lookAtArrived(to.host, { hub: to.hub, name, sha: transfer.sha, revision: ref }, signal),
    )
  await to.host.run(sh`mkdir -p -- ${to.hub}`, { signal: job.signal })
  await look(job.signal)
  if (transfer.kind === 'copy' && meter.isWhole()) {
    job.line(`${to.host.id}: has it already`)
    return meter.result()
  }
  try {
    for (let starts = 1; ; starts++) {
      const end = await followWork({
        ...{ job, work, look, host: runsOn, clock: service.clock, token: transfer.token },
      })
      if (end.exitCode === 0) break
      if (end.exitCode !== null || starts >= MOST_STARTS) {
        throw explainFailure({
          what: `the ${transfer.kind}`,
          ...{ repo, revision, host: runsOn.id, hasToken: transfer.hasToken },
          ...end,
        })
      }
      job.line(`${runsOn.id}: it was killed there; it begins again`)
      await sweep(to.host, to.hub, name)
    }
    if (!meter.isWhole()) throw notWhole(repo, to.host.id, meter.missing())
    return meter.result()
  } catch (thrown) {
    await sweepAfter(thrown, to, name)
    throw thrown
  }
}

async function sweepAfter(
  thrown: unknown,
  { host, hub }: Transfer['to'],
  name: string,
): Promise<void> {
  // what still runs would only write on
  if (thrown instanceof ControlError && thrown.code === 'NOT_STOPPED') return
  await sweep(host, hub, name).catch(() => {
    // the first failure says more; the next download sweeps again
  })
}

const notWhole = (repo: string, host: string, missing: string[]): ControlError =>
  vllmError(
    'DOWNLOAD_FAILED',
    `${repo} is not whole on ${host} although nothing failed: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}`,
    { hint: 'download it again: what is whole is not fetched twice' },
  )

/** Turns looks into percent, lines, and the figures a page shows. */
function createMeter(job: Job<DownloadInput>, service: Service<Settings>, transfer: Transfer) {
  const { model: repo } = job.input
  const speedometer = createSpeedometer()
  const startedAt = service.clock.now()
  let { files } = transfer
  let arrived: Arrived | undefined
  let bytesBefore: number | undefined
  let bytes = 0
  let told = 0
  const missing = (): string[] => {
    if (!arrived) return []
    // the branch may have moved on since the hub was asked
    const isAsked = transfer.sha === null || arrived.sha === transfer.sha
    return missingFiles(isAsked ? files : arrived.tree, arrived)
  }
  return {
    note(now: Arrived): void {
      arrived = now
      if (files.length === 0) files = now.tree
      const progress = progressOf(files, now)
      const speed = speedometer(sum(progress), service.clock.now())
      const view = viewProgress(progress, speed)
      bytes = view.done_bytes
      bytesBefore ??= bytes
      noteDownload(service, {
        job: job.id,
        ...{ repo, key: keyOf(repo), kind: transfer.kind, host: transfer.to.host.id },
        ...view,
      })
      service.changed('downloads')
      const total = view.total_bytes
      if (!total) return
      const percent = (bytes / total) * 100
      job.percent(percent)
      if (percent < told + PERCENT_A_LINE) return
      told = Math.floor(percent / PERCENT_A_LINE) * PERCENT_A_LINE
      const pace = speed ? `, ${volume(speed)} a second` : ''
      const rest = view.eta_s ? `, about ${long(view.eta_s)} left` : ''
      job.line(`${told} %: ${volume(bytes)} of ${volume(total)}${pace}${rest}`)
    },
    missing,
    isWhole: () => arrived !== undefined && missing().length === 0,
    result(): BroughtIn {
      const seconds = (service.clock.now() - startedAt) / 1000
      const came = bytes - (bytesBefore ?? 0)
      const isMeasured = came > WORTH_MEASURING_BYTES && seconds > 0
      return {
        ...{ sha: arrived?.sha ?? transfer.sha, files, bytes },
        bytesPerS: isMeasured ? came / seconds : null,
      }
    },
  }
}

const sum = (files: readonly { doneBytes: number }[]): number =>
  files.reduce((total, { doneBytes }) => total + doneBytes, 0)
