import { ControlError } from '../../errors.ts'
import { script } from '../../hosts/sh.ts'
import { FETCH_SCRIPT } from './look-script.ts'
import type { UpdateTarget } from './update-source.ts'

const TIMEOUT_MS = 120_000

/** Fetches the branch of a source. Throws UPDATE_KEY_REFUSED, UPDATE_NO_BRANCH, UPDATE_FETCH_FAILED. */
export async function fetchSource(target: UpdateTarget, signal?: AbortSignal): Promise<void> {
  const { host, source } = target
  const { code, stderr } = await host.exec(
    script(FETCH_SCRIPT, source.directory, source.remote, source.branch),
    { ...(signal && { signal }), timeoutMs: TIMEOUT_MS },
  )
  if (code !== 0) throw fetchError(target, stderr)
}

/** Why a fetch failed, from what git and ssh print, with the way out. */
export function fetchError({ host, source }: UpdateTarget, said: string): ControlError {
  const logTail = said.trim().split('\n').slice(-20)
  const where = `${source.remote}/${source.branch}`
  const fail = (code: string, message: string, hint: string) =>
    new ControlError(code, message, { hint, logTail })
  if (/permission denied \(|too many authentication failures|repository not found/i.test(said))
    return fail(
      'UPDATE_KEY_REFUSED',
      `the server of ${where} does not accept the deploy key from ${host.id}`,
      'ssh may be offering another key first: give the server an entry in ~/.ssh/config of that user with IdentityFile and “IdentitiesOnly yes”; then see that this very key is a deploy key of this repository',
    )
  if (/could not read (username|password)|authentication failed/i.test(said))
    return fail(
      'UPDATE_KEY_REFUSED',
      `the server of ${where} asks for a name and a password`,
      'use the SSH address of the repository with a deploy key: git remote set-url',
    )
  if (/host key verification failed/i.test(said))
    return fail(
      'UPDATE_FETCH_FAILED',
      `the user on ${host.id} has not trusted the git server yet, or it has another key now`,
      'log in as that user once and run git fetch by hand, comparing the fingerprint',
    )
  if (/couldn't find remote ref|could not find remote branch/i.test(said))
    return fail(
      'UPDATE_NO_BRANCH',
      `there is no branch ${source.branch} at ${source.remote}`,
      'correct branch in topology.yaml',
    )
  if (/could not resolve|timed out|connection refused|unable to access|no route/i.test(said))
    return fail(
      'UPDATE_FETCH_FAILED',
      `${host.id} does not reach the server of ${where}`,
      'is the machine on the internet? is the address of the remote right?',
    )
  const last = logTail.at(-1) ?? ''
  return fail(
    'UPDATE_FETCH_FAILED',
    `git fetch of ${where} failed on ${host.id}: ${last}`,
    'run it by hand there to see more',
  )
}
