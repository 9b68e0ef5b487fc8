import type { IncomingMessage } from 'node:http'
import { ControlError } from '../errors.ts'

/**
 * Refuses what two servers could read differently: a missing or repeated Host, odd characters in
 * it, an absolute-form target, a path that decodes to another place. Null means unambiguous.
 */
export function refuseAmbiguous(req: IncomingMessage): ControlError | null {
  return refuseHost(req) ?? refuseTarget(req.url ?? '')
}

/**
 * Refuses a request target (path and query) that could leave its base once decoded: `..`, `%2f`,
 * `%5c`, `%00`, double encoding, control characters, an absolute URL.
 */
export function refuseTarget(target: string): ControlError | null {
  if (PLAIN.test(target) || target === '*') return null
  if (!VISIBLE.test(target)) return bad('The request target has characters that must be encoded.')
  if (target.charCodeAt(0) !== SLASH) {
    return bad('The request target is not a path.', 'Send the path alone (GET /api HTTP/1.1).')
  }
  if (target.includes('#')) return bad('The request target has a fragment.')
  const end = target.indexOf('?')
  const path = end === -1 ? target : target.slice(0, end)
  if (PLAIN.test(path)) return null
  return isUnclear(path)
    ? bad(
        'The path could be read as another path.',
        'Leave out "..", "//", "\\" and encoded slashes.',
      )
    : null
}

const SLASH = 47
const VISIBLE = /^[\x21-\x7e]+$/
/** No escapes, no dot segment, no empty segment: nothing to look at more closely. */
const PLAIN = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))[\w\-.~!$&'()*+,=:@]+)*\/?$/
const HOST = /^[A-Za-z0-9._\-:[\]]+$/

function refuseHost(req: IncomingMessage): ControlError | null {
  const host = req.headers.host
  if (host === undefined || host === '') return bad('The request has no Host header.')
  if (!HOST.test(host)) return bad('The Host header has characters that no host name has.')
  // Node keeps the first of several Host lines, some servers the last.
  let seen = 0
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] as string
    if (name.length === 4 && name.toLowerCase() === 'host') seen += 1
  }
  return seen > 1 ? bad('The request has more than one Host header.') : null
}

/** Whether any reading of the path (decoded once, twice or thrice) has a segment that moves. */
function isUnclear(path: string): boolean {
  let text = path
  for (let round = 0; round < 3; round += 1) {
    if (hasMovingSegment(text)) return true
    const decoded = decode(text)
    if (decoded === null) return true
    // An encoded slash splits a segment for whoever decodes first.
    if (count(decoded, '/') !== count(text, '/')) return true
    if (decoded === text) return false
    text = decoded
  }
  return true
}

function hasMovingSegment(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f\\]/.test(text) || text.includes('//')) return true
  // Some servers cut a segment at `;` before they look at it.
  return text.split(/[/;]/).some((piece) => /^\.{1,2}$/.test(piece.trim()))
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone % or overlong UTF-8 (%c0%ae is a dot to some): no reading is safe.
    return null
  }
}

const count = (text: string, letter: string): number => text.split(letter).length

const bad = (message: string, hint?: string): ControlError =>
  new ControlError('BAD_REQUEST', message, hint === undefined ? {} : { hint })
