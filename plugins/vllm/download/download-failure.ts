import type { ControlError, ErrorOptions } from '#core'
import { vllmError } from '../errors.ts'
import { gated, hubMissing, unreachable } from './hub-info.ts'

/** What a failed download is told with. */
export interface FailedWork {
  what: string
  repo: string
  revision: string | null
  host: string
  hasToken: boolean
  exitCode: number | null
  lines: readonly string[]
}

type Tell = (line: string, at: FailedWork) => ControlError

const tell =
  (code: Parameters<typeof vllmError>[0], message: string, hint: string): Tell =>
  (_line, at) =>
    vllmError(code, fill(message, at), { hint: fill(hint, at) })

const fill = (text: string, { repo, host }: FailedWork): string =>
  text.replaceAll('REPO', repo).replaceAll('HOST', host)

/**
 * Lines of hf, huggingface_hub, uvx, docker, rsync and ssh that name a cause, the surest first.
 * (huggingface_hub: errors.py, cli/_errors.py; rsync and ssh: their own words.)
 */
const CAUSES: [RegExp, Tell][] = [
  [
    /No space left on device|Not enough free disk space|Errno 28|Disk quota exceeded/i,
    tell('DISK_FULL', 'the disk of HOST is full', 'delete a model there, then download again'),
  ],
  [
    /GatedRepo|gated repo|requires approval|Access to model .* is restricted/i,
    (_, { repo, hasToken }) => gated(repo, hasToken),
  ],
  [
    /Invalid user token|Invalid username or password|token seems invalid/i,
    tell(
      'HUB_DENIED',
      'the hub does not know this token',
      'set a new one as hf_token of the service',
    ),
  ],
  [
    /RevisionNotFound|Revision not found|Invalid rev id/i,
    (_, { repo, revision }) => hubMissing(repo, revision ?? 'main'),
  ],
  [
    /RepositoryNotFound|Repository not found|404 Client Error|404 Not Found/i,
    (_, { repo }) => hubMissing(repo, null),
  ],
  [
    /429 (Client Error|Too Many)|Too Many Requests/i,
    tell(
      'HUB_UNREACHABLE',
      'the hub refuses HOST for now: too many requests',
      'try again in some minutes, with hf_token set it allows more',
    ),
  ],
  [
    /name resolution|Name or service not known|Could not resolve|nodename nor servname|ConnectionError|ConnectError|ConnectTimeout|ReadTimeout|RemoteProtocolError|Max retries exceeded|Network is unreachable|LocalEntryNotFound|offline mode|Failed to fetch: .https/i,
    (line, { host }) => unreachable(host, line),
  ],
  [
    /Host key verification failed/i,
    tell('COPY_FAILED', 'HOST is shown another key than before', 'log in once by hand from there'),
  ],
  [
    /Permission denied \((publickey|password)|Too many authentication failures/i,
    tell(
      'COPY_FAILED',
      'HOST may not log in to the machine it copies to',
      'let it in: ssh-copy-id to the other machine’s fabric address, as the same user',
    ),
  ],
  [
    /^ssh: connect to host|Connection refused|No route to host|lost connection|connection unexpectedly closed/i,
    (line, { host }) =>
      vllmError('COPY_FAILED', `${host} does not reach the machine it copies to: ${line}`, {
        hint: 'see whether fabric of the other host is its address on the fast link',
      }),
  ],
  [
    /Permission ?denied|PermissionError|Errno 13/i,
    tell(
      'DOWNLOAD_FAILED',
      'the login user may not write into the folder of REPO on HOST',
      'a container made it as root: delete the model here, then download it again',
    ),
  ],
]

const TAIL_LINES = 30

/** Why work failed, in plain words with the way out, and the lines that tell. */
export function explainFailure(at: FailedWork): ControlError {
  const logTail = at.lines.slice(-TAIL_LINES)
  for (const [pattern, cause] of CAUSES) {
    const line = at.lines.findLast((each) => pattern.test(each))
    if (line === undefined) continue
    const { code, message, hint, status, retryAfterS } = cause(line.trim(), at) as ControlError
    return vllmError(code as Parameters<typeof vllmError>[0], message, {
      status,
      logTail,
      ...(hint !== undefined && { hint }),
      ...(retryAfterS !== undefined && { retryAfterS }),
    })
  }
  const options: ErrorOptions = { logTail, hint: 'its last lines are below' }
  const last = at.lines.findLast((line) => line.trim() !== '')?.trim()
  const how = at.exitCode === null ? 'was killed' : `ended with ${at.exitCode}`
  return vllmError(
    'DOWNLOAD_FAILED',
    `${at.what} ${how} on ${at.host}${last ? `: ${last}` : ''}`,
    options,
  )
}
