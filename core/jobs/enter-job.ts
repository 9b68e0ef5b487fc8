import { ControlError } from '../errors.ts'
import { checkInput, closed } from '../http/validate.ts'
import { announce, type Desk, type JobOwner, type Live, tellStage, wake } from './desk.ts'
import type { JobDef } from './job.ts'
import { type JobRecord, leavePhase } from './job-record.ts'
import { createRun, failureOf, isCancellation, toJson } from './job-run.ts'

const TAIL_LINES = 20

/** Runs a job from its beginning to its end. Never rejects. */
export async function enterJob(
  desk: Desk,
  live: Live,
  owner: JobOwner,
  def: JobDef,
): Promise<void> {
  const { record, abort, progress } = live
  live.isEntered = true
  if (desk.isStopped) return
  if (record.startedAt === null && abort.signal.aborted) return endJob(desk, live, 'cancelled')
  try {
    record.state = 'running'
    record.startedAt ??= desk.clock.now()
    // Told again after a restart, under the same key.
    desk.rows.save(record, () => tellStage(desk, record))
    progress.now()
    const job = createRun(record, abort.signal, {
      rows: desk.rows,
      now: desk.clock.now,
      isAbandoned: () => desk.isStopped,
      onProgress: (what) => (what === 'phase' ? progress.now() : progress.soon()),
      onLine: (text) => desk.lines.append(record.id, text),
    })
    const result = await def.run(job as never, owner.service)
    if (desk.isStopped) return
    const text = toJson(result, `“${record.title}”`)
    record.result = text === null ? undefined : JSON.parse(text)
    endJob(desk, live, 'succeeded')
  } catch (thrown) {
    if (desk.isStopped) return
    if (isCancellation(thrown, abort.signal)) return endJob(desk, live, 'cancelled')
    if (!(thrown instanceof ControlError))
      desk.log.error({ err: thrown, job: record.id }, 'job threw')
    endJob(desk, live, 'failed', thrown)
  }
}

/** Enters a job that an earlier controller left, or fails it if that can no longer be done. */
export function reenterJob(desk: Desk, live: Live): void {
  const { record } = live
  try {
    const { owner, def } = findWork(desk, record)
    if (record.startedAt !== null)
      desk.lines.append(record.id, '— the controller was restarted; the job goes on —')
    void enterJob(desk, live, owner, def)
  } catch (thrown) {
    endJob(desk, live, 'failed', thrown)
  }
}

/** Keeps the end and tells everybody. */
function endJob(
  desk: Desk,
  live: Live,
  state: 'succeeded' | 'failed' | 'cancelled',
  thrown?: unknown,
): void {
  const { record } = live
  live.progress.stop()
  if (state === 'failed') record.error = failureOf(thrown, tailOf(desk, record))
  desk.lines.end(record.id)
  record.endedAt = desk.clock.now()
  leavePhase(record, record.endedAt)
  record.state = state
  if (state === 'succeeded') record.percent = 100
  desk.lives.delete(record.id)
  try {
    desk.rows.saveEnd(record, () => tellStage(desk, record))
    desk.rows.prune(desk.keep)
  } catch (err) {
    // The row still says running: the next controller enters it and finds its finished steps.
    desk.log.error({ err, job: record.id }, 'end of a job could not be kept')
  }
  const { id: job, service, kind, name, error } = record
  desk.log.info({ job, service, kind, name, state, code: error?.code }, 'job ended')
  announce(desk, record)
  wake(live)
}

const tailOf = (desk: Desk, { id }: JobRecord): string[] =>
  desk.lines.read(id, -TAIL_LINES, TAIL_LINES).map(({ text }) => text)

function findWork(desk: Desk, record: JobRecord): { owner: JobOwner; def: JobDef } {
  const owner = desk.lookup(record.service)
  if (!owner)
    throw new ControlError(
      'SERVICE_GONE',
      `service "${record.service}" left the topology while “${record.title}” was running`,
      { hint: 'look at the host for what it had begun' },
    )
  const def = owner.def(record.name)
  if (!def) throw interrupted(record, 'its kind no longer has this job')
  try {
    record.input = checkInput(closed(def.input), record.input, 'body')
  } catch (cause) {
    throw interrupted(record, 'its input no longer fits', cause)
  }
  return { owner, def }
}

const interrupted = ({ title }: JobRecord, why: string, cause?: unknown): ControlError =>
  new ControlError('JOB_INTERRUPTED', `“${title}” cannot be taken up again: ${why}`, {
    hint: 'start it anew',
    cause,
  })
