import { count } from '../../count.ts'
import { ControlError } from '../../errors.ts'
import { judgeCompose } from './compose.ts'
import { type UpdateTarget, usesCompose } from './update-source.ts'
import type { SourceLook } from './version.ts'

/** Throws the first reason for which a work tree cannot be updated; nothing has been done then. */
export function judgeUpdate(look: SourceLook, target: UpdateTarget): void {
  const { host, source } = target
  const { directory, branch, remote } = source
  if (look.dirty.length > 0)
    throw new ControlError(
      'UPDATE_DIRTY',
      `${directory} on ${host.id} has edits that are not committed: ${shorten(look.dirty)}`,
      {
        hint: 'commit or stash them there (git stash), so that nothing of them is lost',
        details: look.dirty.map((file) => ({ path: file, message: 'is edited' })),
      },
    )
  if (look.checkedOut !== branch)
    throw new ControlError(
      'UPDATE_WRONG_BRANCH',
      `${directory} on ${host.id} is on ${look.checkedOut ?? 'no branch at all'}, not on ${branch}`,
      { hint: `git switch ${branch} there, or correct branch in topology.yaml` },
    )
  if (look.ahead > 0)
    throw new ControlError(
      'UPDATE_DIVERGED',
      `${directory} on ${host.id} has ${count(look.ahead, 'commit')} of its own that ${remote}/${branch} does not have`,
      {
        hint: `push them, or give them up there: git reset --keep ${remote}/${branch}`,
      },
    )
  if (look.runtimeFault) throw look.runtimeFault
  if (usesCompose(source)) judgeCompose(look.compose, target)
}

const shorten = (files: readonly string[]): string =>
  files.length > 3 ? `${files.slice(0, 3).join(', ')} and more` : files.join(', ')
