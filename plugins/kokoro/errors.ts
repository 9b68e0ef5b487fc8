import { ControlError, type Detail, errorsOf } from '#core'

/** Error codes of this kind with their HTTP status; README.md has a line for each. */
const KOKORO_CODES = {
  VOICE_UNKNOWN: 400,
  VOICE_MIX_INVALID: 400,
  VOICES_UNREADABLE: 502,
  AUDIO_UNJOINABLE: 502,
  AUDIO_TOO_LONG: 413,
} as const satisfies Record<string, number>

/** An error of this kind: a code of the table above, the thing and its value, the way out. */
export const kokoroError = errorsOf(KOKORO_CODES)

/**
 * What Kokoro-FastAPI says went wrong, as one error. It has three forms of `detail`: an object with
 * error, message and type from its handlers; FastAPI's list for a body that does not fit (422); a
 * sentence from everything else.
 */
export function readServerError(status: number, text: string): ControlError {
  const said = readDetail(parse(text))
  const message = shorten(said.message ?? text) || `The speech server answered ${status}.`
  if (status === 401 || status === 403)
    return new ControlError(said.code ?? 'UPSTREAM_FAILED', message, {
      status: status === 401 ? 502 : 403,
      ...(status === 401 && { hint: 'It asks for a key: set api_key of the service.' }),
    })
  return new ControlError(said.code ?? codeOf(status), message, {
    status: statusOf(status),
    details: said.details ?? [],
    ...((status === 429 || status === 503) && { retryAfterS: 5 }),
  })
}

interface Said {
  code?: string
  message?: string
  details?: Detail[]
}

function readDetail(body: unknown): Said {
  const { detail, error, message } = asRecord(body)
  const said = detail ?? error ?? message
  if (typeof said === 'string') return { message: said }
  if (Array.isArray(said)) return readList(said)
  const { error: code, code: other, message: text } = asRecord(said)
  const word = typeof code === 'string' ? code : other
  // `/dev/unload` puts a sentence where the others have a code
  if (typeof text !== 'string') return typeof word === 'string' ? { message: word } : {}
  return { message: text, ...(typeof word === 'string' && asCode(word)) }
}

const asCode = (word: string): Said =>
  /^[a-z][a-z0-9_]{0,40}$/i.test(word) ? { code: word.toUpperCase() } : {}

function readList(list: readonly unknown[]): Said {
  const details = list.slice(0, MOST_DETAILS).map((each) => {
    const { loc, msg } = asRecord(each)
    const path = Array.isArray(loc) ? loc.filter((part) => part !== 'body').join('.') : ''
    return { path, message: shorten(typeof msg === 'string' ? msg : '') }
  })
  const [first] = details
  if (!first) return {}
  const more = list.length > 1 ? ` (and ${list.length - 1} more)` : ''
  const where = first.path === '' ? '' : `${first.path}: `
  return { code: 'VALIDATION', message: `${where}${first.message}${more}`, details }
}

const MOST_DETAILS = 20
const MOST_CHARS = 500

/** One line without what no reader wants: all 68 voices are a list of their own. */
const shorten = (text: string): string =>
  text
    .replace(/Available voices:.*$/s, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MOST_CHARS)

/** 5xx of the server behind are no fault of this one: 502, unless it says to come back. */
const statusOf = (status: number): number => {
  if (status === 422) return 400
  if (status === 503) return 503
  return status >= 400 && status < 500 ? status : 502
}

const codeOf = (status: number): string => {
  if (status === 404) return 'NOT_FOUND'
  if (status === 429 || status === 503) return 'OVERLOADED'
  return status >= 400 && status < 500 ? 'VALIDATION' : 'UPSTREAM_FAILED'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a page of a proxy, or nothing: the text itself is all there is
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
