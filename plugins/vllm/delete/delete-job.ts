import {
  asControlError,
  type Host,
  type Job,
  type JobDef,
  type Service,
  type Static,
  Type,
} from '#core'
import { type Measured, measureFolders } from '../disk/measure-folders.ts'
import { ModelPlace, pathsOf, removeAsRootCommand, removeCommand } from '../disk/model-place.ts'
import { vllmError } from '../errors.ts'
import type { Settings } from '../settings.ts'
import { list, volume } from '../words.ts'

/** Decided by the plan, kept so that a restart goes on with the same. */
export const DeleteInput = Type.Object({
  model: Type.String(),
  title: Type.String(),
  places: Type.Array(
    Type.Object({
      place: ModelPlace,
      /** What the plan said becomes free; 0 where another place has the same files. */
      bytes: Type.Number(),
      images: Type.Array(Type.String()),
    }),
  ),
})
export type DeleteInput = Static<typeof DeleteInput>

/** What became of a model on one host. */
interface Deleted {
  host: string
  freed_bytes: number
  left_bytes: number
  /** Why something is left; absent when nothing is. */
  error?: string
  /** What is still there, for the hand. */
  left?: string[]
}

const REMOVE_WITHIN_MS = 15 * 60_000

/** Deletes a model from every host of the plan, one after the other, and makes sure of it. */
export const deleteJob = {
  input: DeleteInput,
  title: (input: DeleteInput) => `Delete ${input.title}`,
  run: runDelete,
} satisfies JobDef<typeof DeleteInput, Settings>

async function runDelete(job: Job<DeleteInput>, service: Service<Settings>): Promise<unknown> {
  const { places } = job.input
  const reports: Deleted[] = []
  try {
    // in turn: hosts that share a disk would fall over each other's files
    for (const [index, wanted] of places.entries()) {
      job.phase(`deleting on ${wanted.place.host}`)
      reports.push(await job.step(`delete ${index}`, () => deleteOn(job, service.hosts, wanted)))
      job.percent(((index + 1) / places.length) * 100)
    }
  } finally {
    service.changed('models')
  }
  const failed = reports.filter(({ error }) => error !== undefined)
  if (failed.length > 0) throw incomplete(job.input.title, reports, failed)
  return { model: job.input.model, hosts: reports }
}

async function deleteOn(
  job: Job<DeleteInput>,
  hosts: ReadonlyMap<string, Host>,
  { place, bytes, images }: DeleteInput['places'][number],
): Promise<Deleted> {
  const host = hosts.get(place.host)
  if (!host) return failed(place.host, 'it left the topology')
  try {
    const { left, said } = await remove(job, host, place, images)
    const freed = Math.max(0, bytes - left.sizeBytes)
    if (left.present.length === 0) {
      job.line(`${host.id}: deleted, ${volume(freed)} are free`)
      return { host: host.id, freed_bytes: freed, left_bytes: 0 }
    }
    job.line(`${host.id}: ${volume(left.sizeBytes)} are left: ${said}`)
    return { ...failed(host.id, said, left), freed_bytes: freed }
  } catch (thrown) {
    // the others are deleted all the same; a cancel ends it here
    job.signal.throwIfAborted()
    const { message } = asControlError(thrown)
    job.line(`${host.id}: ${message}`)
    return failed(host.id, message)
  }
}

const failed = (host: string, error: string, left?: Measured): Deleted => ({
  host,
  freed_bytes: 0,
  left_bytes: left?.sizeBytes ?? 0,
  error,
  ...(left && { left: left.present }),
})

/** Plainly first; what root wrote through a container, through a container again. */
async function remove(
  job: Job<DeleteInput>,
  host: Host,
  place: ModelPlace,
  images: readonly string[],
): Promise<{ left: Measured; said: string }> {
  const { signal } = job
  const options = { signal, timeoutMs: REMOVE_WITHIN_MS }
  const look = () => measureFolders(host, pathsOf(place), signal)
  let said = firstLine((await host.exec(removeCommand(place), options)).stderr)
  let left = await look()
  for (const image of images) {
    if (!left.isForeign || left.present.length === 0) break
    const command = removeAsRootCommand(place, host.spec.container_runtime, image)
    if (!command) {
      said = `${place.parent} has characters that ${host.spec.container_runtime} would take apart`
      break
    }
    job.line(`${host.id}: files of root are left; removing them by a container of ${image}`)
    const { code, stderr } = await host.exec(command, options)
    if (code !== 0) said = firstLine(stderr) || `the container ended with ${code}`
    left = await look()
  }
  return { left, said: said || 'no reason was given' }
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? ''

function incomplete(title: string, reports: Deleted[], left: Deleted[]) {
  const gone = reports.filter(({ error }) => error === undefined)
  const deleted = gone.map(({ host, freed_bytes: bytes }) => `${host} (${volume(bytes)} freed)`)
  const kept = left.map(({ host, left_bytes: bytes, error }) =>
    bytes > 0
      ? `on ${host} ${volume(bytes)} are left (${error})`
      : `on ${host} it failed (${error})`,
  )
  const paths = left.flatMap(({ host, left: folders }) =>
    folders ? [`on ${host}: sudo rm -rf ${folders.join(' ')}`] : [],
  )
  return vllmError(
    'DELETE_INCOMPLETE',
    `${title} is not wholly deleted: ${[
      ...(deleted.length > 0 ? [`gone from ${list(deleted)}`] : []),
      ...kept,
    ].join('; ')}`,
    { hint: paths.length > 0 ? paths.join('; ') : 'delete it again when the machine answers' },
  )
}
