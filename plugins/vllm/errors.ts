import { errorsOf } from '#core'

/** Error codes of this kind with their HTTP status; README.md has a line for each. */
export const VLLM_CODES = {
  MODEL_NEEDS_SETUP: 409,
  MODEL_INCOMPLETE: 409,
  MODEL_UNSUPPORTED: 409,
  MODEL_TOO_WIDE: 409,
  RECIPE_UNSUITED: 409,
  LAUNCHER_MISSING: 502,
  LAUNCHER_TOO_OLD: 502,
  LAUNCH_FAILED: 502,
  LOAD_FAILED: 502,
  LOAD_TIMEOUT: 504,
  NOT_STOPPED: 502,
  CONTAINER_RUNTIME: 502,
  PROCESS_UNREADABLE: 502,
  SCAN_FAILED: 502,
  MEMORY_FLOOR: 503,
  CONFIRM_MISSING: 428,
  MODEL_IN_USE: 409,
  MODEL_DOWNLOADING: 409,
  DELETE_INCOMPLETE: 502,
  HUB_UNREACHABLE: 502,
  HUB_NOT_FOUND: 404,
  HUB_DENIED: 403,
  HUB_GATED: 403,
  DISK_FULL: 507,
  DOWNLOADER_MISSING: 502,
  DOWNLOAD_FAILED: 502,
  COPY_FAILED: 502,
} as const satisfies Record<string, number>

/** An error of this kind: a code of the table above, the thing and its value, the way out. */
export const vllmError = errorsOf(VLLM_CODES)
