import type { ControlError } from '#core'
import { vllmError } from '../errors.ts'

/** One file of a repository as the hub lists it. */
export interface HubFile {
  path: string
  sizeBytes: number
  /** Name of its blob in the cache: sha256 of large files, git's sha1 of small ones. */
  blob: string
}

/** A repository as the hub describes it. */
export interface HubInfo {
  /** The commit the revision stands at. */
  sha: string
  isGated: boolean
  files: HubFile[]
}

/** The hub's answer as the host got it; `curl` prints its complaint instead of a body. */
export interface HubAnswer {
  status: number
  text: string
}

interface Described {
  sha?: unknown
  gated?: unknown
  siblings?: {
    rfilename?: unknown
    size?: unknown
    blobId?: unknown
    lfs?: { sha256?: unknown; size?: unknown }
  }[]
}

/**
 * Reads GET <hub>/api/models/<repo>/revision/<revision>?blobs=true. Throws HUB_* in plain words;
 * undefined where the answer is none of the hub's.
 */
export function readHubAnswer(
  { status, text }: HubAnswer,
  at: { repo: string; revision: string | null; host: string; hasToken: boolean },
): HubInfo | undefined {
  if (status === 0) throw unreachable(at.host, text.trim().split('\n').at(-1) ?? '')
  if (status === 401 || status === 403) throw at.hasToken ? refused(at) : hidden(at)
  if (status === 404) throw hubMissing(at.repo, at.revision)
  if (status !== 200) return undefined
  try {
    const { sha, gated, siblings = [] } = JSON.parse(text) as Described
    if (typeof sha !== 'string' || !/^[0-9a-f]{7,64}$/.test(sha)) return undefined
    return {
      sha,
      isGated: gated !== undefined && gated !== false,
      files: siblings.flatMap(readFile),
    }
  } catch {
    // a captive portal or a mirror of another make: the download itself will tell
    return undefined
  }
}

function readFile({ rfilename, size, blobId, lfs }: NonNullable<Described['siblings']>[number]) {
  const blob = lfs?.sha256 ?? blobId
  const sizeBytes = lfs?.size ?? size
  if (typeof rfilename !== 'string' || typeof sizeBytes !== 'number' || typeof blob !== 'string')
    return []
  return [{ path: rfilename, sizeBytes, blob }]
}

/** Files of `trees/<commit>.json`, which newer hubs write first. */
export function readTree(text: string): HubFile[] {
  try {
    const { files = {} } = JSON.parse(text) as {
      files?: Record<string, { size?: unknown; blob_id?: unknown; lfs_sha256?: unknown }>
    }
    return Object.entries(files).flatMap(([path, file]) => {
      const blob = file?.lfs_sha256 ?? file?.blob_id
      if (typeof file?.size !== 'number') return []
      return [{ path, sizeBytes: file.size, blob: typeof blob === 'string' ? blob : '' }]
    })
  } catch {
    // half a file: the next look has the whole
    return []
  }
}

export const unreachable = (host: string, said: string): ControlError =>
  vllmError('HUB_UNREACHABLE', `${host} does not reach the hub${said ? `: ${said}` : ''}`, {
    hint: `on ${host}: curl -sSI https://huggingface.co; behind a mirror set HF_ENDPOINT in env of the service`,
    retryAfterS: 60,
  })

export const hubMissing = (repo: string, revision: string | null): ControlError =>
  vllmError(
    'HUB_NOT_FOUND',
    `the hub has no ${revision ? `revision "${revision}" of ` : ''}${repo}`,
    { hint: 'the name is spelled as in the address of its page, large and small letters included' },
  )

/** Without a token the hub does not tell a private repository from none. */
const hidden = ({ repo }: { repo: string }): ControlError =>
  vllmError('HUB_NOT_FOUND', `the hub shows no ${repo} to somebody without a token`, {
    hint: 'it is misspelled or private; for a private one set hf_token of the service',
  })

const refused = ({ repo }: { repo: string }): ControlError =>
  vllmError('HUB_DENIED', `the hub does not let this token see ${repo}`, {
    hint: 'the token is wrong or expired, or its account has no access: huggingface.co/settings/tokens',
  })

export const gated = (repo: string, hasToken: boolean): ControlError =>
  vllmError('HUB_GATED', `${repo} is gated: its owner wants its terms accepted first`, {
    hint: hasToken
      ? `accept them at https://huggingface.co/${repo} with the account of the token, then try again`
      : `accept them at https://huggingface.co/${repo}, then set hf_token of the service`,
  })
