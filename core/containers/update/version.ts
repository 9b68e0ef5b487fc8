import { type Static, Type } from '@sinclair/typebox'
import { ControlError } from '../../errors.ts'
import { script } from '../../hosts/sh.ts'
import { At, Nullable } from '../../wire-types.ts'
import { runtimeError } from '../runtime-error.ts'
import type { Compose, ComposeTool } from './compose.ts'
import { UPDATE_LOOK_SCRIPT } from './look-script.ts'
import type { UpdateTarget } from './update-source.ts'

const Commit = Type.Object({
  commit: Type.String(),
  committed_at: Nullable(At),
  subject: Type.String(),
})

/** Which version is there, and what is new, as the branch was fetched last. */
export const VersionView = Type.Object({
  commit: Type.String(),
  committed_at: Nullable(At),
  subject: Type.String(),
  branch: Type.String(),
  /** How many changes it lacks; null while the branch was never fetched. */
  behind: Nullable(Type.Integer()),
  /** Those changes, newest first, twenty at most. */
  changes: Type.Array(Commit),
  fetched_at: Nullable(At),
})
export type VersionView = Static<typeof VersionView>

/** A look at a work tree. */
export interface SourceLook extends VersionView {
  /** Branch that is checked out; null: none. */
  checkedOut: string | null
  /** Files with edits that are not committed. */
  dirty: string[]
  /** The newest commit of the branch, as it was fetched last. */
  target: string | null
  ahead: number
  compose: Compose
  /** Why docker refuses, if it does. */
  runtimeFault: ControlError | null
}

const TIMEOUT_MS = 30_000

/** Looks at the work tree of a source. Throws UPDATE_NO_DIRECTORY and UPDATE_NO_REPOSITORY. */
export async function lookAtSource(
  target: UpdateTarget,
  signal?: AbortSignal,
): Promise<SourceLook> {
  const { host, source } = target
  const { directory, remote, branch, compose = '' } = source
  const runtime = host.spec.container_runtime
  const { stdout, stderr } = await host.exec(
    script(UPDATE_LOOK_SCRIPT, runtime, directory, remote, branch, compose),
    { ...(signal && { signal }), timeoutMs: TIMEOUT_MS },
  )
  return parseSource(stdout, target, stderr)
}

/** Turns the records of a look into a value. */
export function parseSource(text: string, target: UpdateTarget, stderr = ''): SourceLook {
  const { host, source } = target
  const records = text.split('\n').map((line) => line.split('\t'))
  const find = (type: string) => records.find(([first]) => first === type)
  if (find('NODIR'))
    throw new ControlError('UPDATE_NO_DIRECTORY', `${host.id} has no folder ${source.directory}`, {
      hint: 'correct directory in topology.yaml, or clone the source there',
    })
  const noGit = find('NOGIT')
  if (noGit) throw noRepository(target, noGit[1] ?? '')
  const head = find('HEAD')
  if (!head || !find('END'))
    throw noRepository(target, stderr.trim().split('\n').at(-1) || 'it has no commit')
  const [, ahead = '', behind = ''] = find('COUNT') ?? []
  const [, status, said = ''] = find('RUNTIME') ?? []
  const at = { host: host.id, runtime: host.spec.container_runtime }
  return {
    ...commitOf(head),
    branch: source.branch,
    behind: behind === '' ? null : Number(behind),
    changes: records.filter(([type]) => type === 'CHANGE').map(commitOf),
    fetched_at: dateOf(Number(find('FETCHED')?.[1] || Number.NaN) * 1000),
    checkedOut: find('BRANCH')?.[1] || null,
    dirty: records.flatMap(([type, file]) => (type === 'DIRTY' && file ? [file] : [])),
    target: find('REMOTE')?.[1] ?? null,
    ahead: Number(ahead || 0),
    compose: { file: find('COMPOSE')?.[1] ?? null, tool: toolOf(find('TOOL')) },
    runtimeFault: status === '0' ? null : runtimeError(at, said),
  }
}

/** What of a look goes over the wire. */
export const viewVersion = (look: SourceLook): VersionView => {
  const { commit, committed_at, subject, branch, behind, changes, fetched_at } = look
  return { commit, committed_at, subject, branch, behind, changes, fetched_at }
}

function noRepository({ host, source }: UpdateTarget, said: string): ControlError {
  const isOwned = /dubious ownership/i.test(said)
  return new ControlError(
    'UPDATE_NO_REPOSITORY',
    isOwned
      ? `${source.directory} on ${host.id} belongs to another user, so git does not touch it`
      : `${source.directory} on ${host.id} is no git work tree (${said})`,
    { hint: isOwned ? 'set user of the service to its owner' : 'clone the source there' },
  )
}

const toolOf = (record: string[] | undefined): ComposeTool | null => {
  const [, command = '', version = '', engine = ''] = record ?? []
  return command === '' ? null : { command, version, engine }
}

const commitOf = ([, commit = '', at = '', ...subject]: string[]) => ({
  commit,
  committed_at: dateOf(Date.parse(at)),
  subject: subject.join('\t'),
})

const dateOf = (ms: number): string | null => (Number.isNaN(ms) ? null : new Date(ms).toISOString())
