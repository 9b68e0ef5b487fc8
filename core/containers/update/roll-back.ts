import { script, sh } from '../../hosts/sh.ts'
import { awaitUp, lookAtOne } from '../await-up.ts'
import { isRunning } from '../container-view.ts'
import type { Inspected } from '../inspect.ts'
import type { Compose } from './compose.ts'
import { BACK_SCRIPT } from './look-script.ts'
import { runStep } from './run-step.ts'
import { inFolder, upWords } from './update-commands.ts'
import type { UpdateWork } from './update-job.ts'

/** How it was before the update. */
export interface Before {
  container: Inspected
  compose: Compose
}

/** Gives the image of before a name, so that nothing clears it away once the new one has its own. */
export async function keepImage(work: UpdateWork, { image_id }: Inspected): Promise<void> {
  const { job, target } = work
  if (image_id === null) return
  const { host, container } = target
  const slug = container.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const command = sh`${host.spec.container_runtime} tag ${image_id} ${`spark-control/before-${slug}:latest`}`
  await runStep({ job, host }, command)
}

/**
 * Puts commit, image and container of before back and makes sure that it runs. Goes on when the job
 * is cancelled: half an update is worse than none. Looks before it acts, so that it may be entered
 * again.
 */
export async function rollBack(work: UpdateWork, before: Before): Promise<void> {
  const { target, clock } = work
  const { host, source, container } = target
  // its own signal: the job's may be aborted, which is why this runs
  const job = { ...work.job, signal: new AbortController().signal }
  await runStep({ job, host }, script(BACK_SCRIPT, source.directory, work.job.input.from))
  const was = before.container
  if (was.image_id !== null && was.image !== null && !was.image.startsWith('sha256:'))
    await runStep(
      { job, host },
      sh`${host.spec.container_runtime} tag ${was.image_id} ${was.image}`,
    )
  const now = await lookAtOne({ job, host, container, clock })
  // it was never touched, or an attempt before this one has put it back
  if (now.id === was.id || (now.image_id === was.image_id && isRunning(now))) return
  if (was.state === 'absent') return
  await runStep({ job, host }, inFolder(target, upWords(target, before.compose)))
  if (!isRunning(was))
    return runStep({ job, host }, sh`${host.spec.container_runtime} stop ${container}`)
  await awaitUp({ job, host, container, clock }, now)
}
