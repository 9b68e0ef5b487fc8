import { type Candidate, WEIGHT } from '../finding.ts'
import { found, type Rule } from './rule.ts'

const LOCAL = /[\p{L}\p{N}\p{M}.!#$%&'*+/=?^_`{|}~-]/u
const DOMAIN = /[\p{L}\p{N}\p{M}.-]/u
const MAX_LOCAL = 96
const MAX_DOMAIN = 253

/** Addresses around an `@`, letters of every script; without a dot in the domain it may be a login. */
export const email: Rule = {
  name: 'email',
  find({ text }) {
    const candidates: Candidate[] = []
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const candidate = around(text, at)
      if (candidate) candidates.push(candidate)
    }
    return candidates
  },
}

function around(text: string, at: number): Candidate | null {
  let start = at
  while (start > 0 && at - start < MAX_LOCAL && LOCAL.test(text.charAt(start - 1))) start--
  if (text.charAt(at - 1) === '"') start = quotedStart(text, at)
  while (start < at && /[.'/=!?{|}&*^%`~-]/.test(text.charAt(start))) start++
  let end = at + 1
  if (text.charAt(end) === '[') return literalDomain(text, start, end)
  while (end < text.length && end - at < MAX_DOMAIN && DOMAIN.test(text.charAt(end))) end++
  while (end > at + 1 && /[.-]/.test(text.charAt(end - 1))) end--
  if (end === at + 1) return null
  const hasDot = text.slice(at, end).includes('.')
  // @alice alone is a handle
  if (start === at) return hasDot ? null : found(at, handleEnd(text, end), 'ACCOUNT', WEIGHT.shape)
  return found(start, end, 'EMAIL', hasDot ? WEIGHT.exact : WEIGHT.context)
}

function handleEnd(text: string, from: number): number {
  let end = from
  while (end - from < MAX_LOCAL && /[\p{L}\p{N}_]/u.test(text.charAt(end))) end++
  return end
}

function quotedStart(text: string, at: number): number {
  const open = text.lastIndexOf('"', at - 2)
  return open >= 0 && at - open < MAX_LOCAL && !text.slice(open, at).includes('\n') ? open : at
}

function literalDomain(text: string, start: number, open: number): Candidate | null {
  const close = text.slice(open, open + 48).indexOf(']')
  return close > 0 && start < open - 1 ? found(start, open + close + 1, 'EMAIL') : null
}
