/** Every error code of the core with its HTTP status and meaning. docs/errors.md has a line for each. */
export const CODES = {
  // requests
  BAD_REQUEST: [400, 'the request cannot be understood'],
  VALIDATION: [400, 'fields do not match the schema; details lists every one'],
  NOT_FOUND: [404, 'no such path or thing'],
  METHOD_NOT_ALLOWED: [405, 'the path exists, not with this method'],
  GONE: [410, 'the path was removed; the hint names its successor'],
  EXPECTATION_FAILED: [417, 'the Expect header asks for more than 100-continue'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'the route takes JSON (Content-Type: application/json)'],
  PAYLOAD_TOO_LARGE: [413, 'the body is larger than this route takes'],
  HOST_REFUSED: [421, 'the Host header is not a name of this controller'],
  ORIGIN_REFUSED: [403, 'a page on another origin may not call this'],
  UNAUTHENTICATED: [401, 'the topology has access tokens, and none of them was sent'],
  SCOPE_MISSING: [403, 'the scope of the token does not reach so far'],
  PLAN_CHANGED: [409, 'the plan is no longer the one that was confirmed'],
  IDEMPOTENCY_MISMATCH: [422, 'the Idempotency-Key was used with another body'],
  INTERNAL: [500, 'a fault of Spark Control itself'],
  // topology and plugins
  TOPOLOGY_INVALID: [422, 'topology.yaml has mistakes; details lists every one'],
  TOPOLOGY_EXISTS: [409, 'a topology.yaml is there already and is not overwritten'],
  SERVICE_UNKNOWN: [404, 'no service of this id in the topology'],
  SERVICE_DISABLED: [404, 'the service is listed under disabled'],
  SERVICE_GONE: [409, 'the service left the topology while its job was running'],
  SERVICE_FAILED: [503, 'the service could not be started by its plugin'],
  SERVICE_UNMANAGED: [409, 'the service is watched only (manage: false)'],
  SERVICE_AMBIGUOUS: [409, 'several services fit; name one'],
  ACTION_UNKNOWN: [404, 'the service has no such action'],
  HOST_UNKNOWN: [404, 'no host of this id in the topology'],
  // hosts
  HOST_NO_SSH: [409, 'the host has no user, so it is reached by HTTP only'],
  HOST_UNREACHABLE: [503, 'the host does not answer on its SSH port'],
  HOST_REFUSED_CONNECTION: [503, 'the host refuses connections on its SSH port'],
  HOST_AUTH_FAILED: [503, 'the host does not accept the controller key or user'],
  HOST_KEY_UNKNOWN: [409, 'the host key was never trusted'],
  HOST_KEY_CHANGED: [409, 'the host key is not the one that was trusted'],
  HOST_LOST: [503, 'the connection ended during the command: outcome unknown'],
  HOST_TIMEOUT: [504, 'the command did not end in time'],
  COMMAND_FAILED: [502, 'a command on the host ended with an error'],
  COMMAND_REFUSED: [400, 'a value cannot be part of a command'],
  // containers
  CONTAINER_UNKNOWN: [404, 'the service names no such container'],
  CONTAINER_ABSENT: [409, 'there is no such container on the host'],
  CONTAINER_ENDED: [502, 'the container did not stay up after its start'],
  CONTAINER_SILENT: [504, 'the container runs, but its service does not answer'],
  CONTAINER_NOT_STOPPED: [502, 'the container still runs after docker was told to stop it'],
  CONTAINERS_DENIED: [503, 'the login user may not talk to docker or podman'],
  CONTAINERS_DOWN: [503, 'docker or podman does not run on the host'],
  CONTAINERS_MISSING: [503, 'there is no docker or podman on the host'],
  CONTAINERS_FAILED: [502, 'docker or podman refuses for another reason'],
  UPDATE_NO_DIRECTORY: [409, 'the folder of the source is not on the host'],
  UPDATE_NO_REPOSITORY: [409, 'the folder is no git work tree of that user'],
  UPDATE_DIRTY: [409, 'the work tree has edits that are not committed'],
  UPDATE_WRONG_BRANCH: [409, 'another branch is checked out than the one that is followed'],
  UPDATE_DIVERGED: [409, 'the work tree has commits the remote branch does not have'],
  UPDATE_NO_COMPOSE: [409, 'there is no compose file, no compose command, or too old a one'],
  UPDATE_NO_BRANCH: [409, 'the remote has no such branch'],
  UPDATE_KEY_REFUSED: [502, 'the git server does not accept the deploy key'],
  UPDATE_FETCH_FAILED: [502, 'git fetch failed for another reason'],
  UPDATE_COMMAND_FAILED: [502, 'a command of an update ended with an error'],
  UPDATE_FAILED: [502, 'an update failed, and the version before was put back'],
  UPDATE_NOT_ROLLED_BACK: [500, 'an update failed, and the version before could not be put back'],
  // jobs
  JOB_UNKNOWN: [404, 'no job of this id'],
  JOB_RUNNING: [409, 'another job is running on the same thing'],
  JOB_ENDED: [409, 'the job has already ended'],
  JOB_CANCELLED: [409, 'the job was cancelled'],
  JOB_INTERRUPTED: [503, 'the controller stopped while the job was running'],
  LEASE_HELD: [423, 'somebody else holds the resource'],
  LEASE_LOST: [409, 'the lease of this token is over'],
  SCHEDULE_UNKNOWN: [404, 'no schedule of this id'],
  KNEE_UNKNOWN: [409, 'the kind names no request to measure its servers with'],
  KNEE_DISTURBED: [409, 'the service is in use, so it cannot be measured now'],
  KNEE_NOT_MEASURED: [502, 'the server gave no answer that can be measured'],
  // store
  STORE_LOCKED: [503, 'another controller works with the same data folder'],
  STORE_CORRUPT: [500, 'the database file is damaged or is not one of ours'],
  STORE_NEWER: [500, 'the database was written by a newer version'],
  STORE_UNUSABLE: [500, 'the database cannot be opened or written'],
  // starting
  FILE_UNREADABLE: [500, 'a file the command line names cannot be read'],
  LISTEN_FAILED: [500, 'the port or address cannot be listened on'],
  // upstreams
  UPSTREAM_UNREACHABLE: [502, 'the server behind the service refuses connections'],
  UPSTREAM_FAILED: [502, 'the server behind the service broke the answer off'],
  UPSTREAM_TIMEOUT: [504, 'the server behind the service did not answer in request_timeout'],
  UPSTREAM_NOT_PRIVATE: [502, 'the name of the server resolves outside the private ranges'],
  WEBHOOK_UNKNOWN: [404, 'no webhook of this name in the topology'],
  WEBHOOK_REFUSED: [502, 'the name of a webhook resolves to a link-local or reserved address'],
  DELIVERY_UNKNOWN: [404, 'no delivery of this number, or it is too old'],
  OVERLOADED: [503, 'the service takes no more requests now'],
  QUEUE_FULL: [429, 'the service is at work on as many requests as it may, and as many wait'],
  WAITED_TOO_LONG: [503, 'the request has waited for a place for max_wait'],
  DRAINING: [503, 'the service lets its requests finish before it stops'],
  MODEL_NOT_FOUND: [404, 'no service and no disk has this model'],
  MODEL_NOT_LOADED: [404, 'the model is on disk, not loaded'],
  MODEL_LOADING: [503, 'the model is being loaded'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>

export type CoreCode = keyof typeof CODES

/** One mistake in the caller's input. `path` is dotted (`recipe.args.0`). */
export interface Detail {
  path: string
  message: string
}

export interface ErrorOptions {
  /** The way out, for a person. */
  hint?: string
  details?: Detail[]
  /** Seconds after which asking again makes sense; becomes Retry-After. */
  retryAfterS?: number
  /** Who holds the thing, until when. */
  holder?: unknown
  /** The last lines of the log that matter. */
  logTail?: string[]
  /** HTTP status; for codes of plugins, which are not in CODES. */
  status?: number
  cause?: unknown
}

/**
 * The one error of the code base: an UPPER_SNAKE code, a sentence with thing, value and way out.
 * Plugins use codes of their own with `status`.
 */
export class ControlError extends Error {
  readonly code: string
  readonly status: number
  readonly hint?: string
  readonly details: Detail[]
  readonly retryAfterS?: number
  readonly holder?: unknown
  readonly logTail?: string[]

  constructor(code: CoreCode | (string & {}), message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'ControlError'
    this.code = code
    this.status = options.status ?? CODES[code as CoreCode]?.[0] ?? 500
    this.details = options.details ?? []
    if (options.hint !== undefined) this.hint = options.hint
    if (options.retryAfterS !== undefined) this.retryAfterS = options.retryAfterS
    if (options.holder !== undefined) this.holder = options.holder
    if (options.logTail !== undefined) this.logTail = options.logTail
  }
}

/** Any thrown value as a ControlError; an unknown one becomes INTERNAL and keeps its cause. */
export function asControlError(thrown: unknown): ControlError {
  if (thrown instanceof ControlError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return usedUp(thrown, message) ?? new ControlError('INTERNAL', message, { cause: thrown })
}

const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS']
/** READONLY, IOERR and FULL; https://sqlite.org/rescode.html, the low byte is the primary code. */
const SQLITE_CODES = [8, 10, 13]

/** What the controller's own machine lacks is no fault of the program, and has a way out. */
function usedUp(thrown: unknown, message: string): ControlError | undefined {
  const { code, errcode = 0 } = Object(thrown) as { code?: string; errcode?: number }
  if (code === 'EMFILE' || code === 'ENFILE')
    return new ControlError('OVERLOADED', 'the controller has too many files open', {
      hint: 'close programs that keep connections to it, or raise its limit of open files',
      retryAfterS: 30,
      cause: thrown,
    })
  if (!DISK_CODES.includes(code ?? '') && !SQLITE_CODES.includes(errcode & 0xff)) return undefined
  return new ControlError('STORE_UNUSABLE', `the data folder cannot be written: ${message}`, {
    hint: 'free some space on its disk, or see that this user may write to it',
    cause: thrown,
  })
}

/**
 * Makes the errors of a kind from its table of codes and statuses: each a code of the table, a
 * sentence with thing and value, the way out.
 */
export const errorsOf =
  <const Codes extends Record<string, number>>(codes: Codes) =>
  (code: keyof Codes & string, message: string, options: ErrorOptions = {}): ControlError =>
    new ControlError(code, message, { status: codes[code] as number, ...options })
