import type { DownloadView } from '../views.ts'
import type { FileProgress } from './transfer.ts'

/** What is on its way now, by job, for each service that runs such jobs. In memory: a restart looks anew. */
const underWay = new WeakMap<object, Map<string, DownloadView>>()

const of = (service: object): Map<string, DownloadView> => {
  const known = underWay.get(service) ?? new Map()
  underWay.set(service, known)
  return known
}

/** Downloads of a service, in the order they began. */
export const listDownloads = (service: object): DownloadView[] => [...of(service).values()]

/** Notes how far a download is. */
export const noteDownload = (service: object, view: DownloadView): void =>
  void of(service).set(view.job, view)

/** Forgets one that has ended. */
export const forgetDownload = (service: object, job: string): void => void of(service).delete(job)

/** Sums files up into what a page shows. */
export function viewProgress(
  files: readonly FileProgress[],
  speed: number | null,
): Pick<DownloadView, 'done_bytes' | 'total_bytes' | 'bytes_per_s' | 'eta_s' | 'files'> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const done = files.reduce((sum, { doneBytes }) => sum + doneBytes, 0)
  return {
    done_bytes: done,
    total_bytes: files.length > 0 ? total : null,
    bytes_per_s: speed === null ? null : Math.round(speed),
    eta_s: files.length > 0 && speed ? Math.ceil((total - done) / speed) : null,
    files: files.map(({ path, sizeBytes, doneBytes }) => ({
      path,
      size_bytes: sizeBytes,
      done_bytes: doneBytes,
    })),
  }
}
