import { isIPv4, isIPv6 } from 'node:net'
import { WEIGHT } from '../finding.ts'
import type { Anchored } from './anchors.ts'
import { found, type RuleContext } from './rule.ts'
import { triggered } from './triggered.ts'

const NO_REGIONS: RuleContext = { regions: new Set() }
const V4 = /\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\d]|\.\d)/y
/** 192[.]0[.]2[.]17, 192 dot 0 dot 2 dot 17: so that nobody follows it by mistake. */
const V4_TAMED = /\d{1,3}(?:(?: ?[[({]? ?(?:\.|dot) ?[\])}]? ?)\d{1,3}){3}(?!\d)/iy
const V6 =
  /[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,38}(?:\.\d{1,3}){0,3}(?:%[A-Za-z0-9]{1,16})?(?:\/\d{1,3})?/y
const MAC =
  /(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4,6}[0-9A-Fa-f]{2}(?![0-9A-Za-z]|[:-][0-9A-Fa-f])|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z])/y

/** Four numbers that are no address are still a number. */
export const ipv4: Anchored = {
  name: 'IPv4',
  at(text, start) {
    if (/[\d.]/.test(text.charAt(start - 1)) && /\d/.test(text.charAt(start - 2))) return null
    const all = matchAt(V4, text, start) ?? matchAt(V4_TAMED, text, start)
    if (all === null) return null
    const isAddress = isIPv4(all.replace(/\/.*/, '').replace(/[^\d]+/g, '.'))
    const weight = isAddress ? WEIGHT.exact : WEIGHT.shape
    return found(start, start + all.length, isAddress ? 'IP' : 'NUM', weight)
  },
}

/** With a zone or a prefix length; `a::b` is a name in a program. */
export const ipv6: Anchored = {
  name: 'IPv6',
  at(text, start) {
    // the prefix length of `::/0` is its first digit
    const first = text.slice(start - 3, start) === '::/' ? start - 1 : start
    const from = leftEnd(text, first, /[0-9A-Fa-f:]/, 40)
    const all = matchAt(V6, text, from)
    if (all === null || /[\p{L}\p{N}]/u.test(text.charAt(from - 1))) return null
    let address = all.replace(/\/\d+$/, '')
    if (address.endsWith(':') && !address.endsWith('::')) address = address.slice(0, -1)
    if (!isIPv6(address) || (!/\d/.test(all) && address.length < 6)) return null
    const length = all.includes('/') ? all.length : address.length
    return found(from, from + length, 'IP')
  },
}

export const mac: Anchored = {
  name: 'MAC',
  at(text, start) {
    const from = leftEnd(text, start, /[0-9A-Fa-f:.-]/, 24)
    const all = matchAt(MAC, text, from)
    if (all === null || /[\p{L}\p{N}]/u.test(text.charAt(from - 1))) return null
    return found(from, from + all.length, 'MAC', WEIGHT.checked)
  },
}

const HEX = [...'abcdef']
const PAIRS = HEX.flatMap((one) => HEX.map((other) => one + other))
const QUADS = PAIRS.flatMap((one) => PAIRS.map((other) => one + other))

/** One without any digit, such as aa:bb:cc:dd:ee:ff. */
export const macOfLetters = triggered('MAC of letters', [
  { words: [...PAIRS, ...QUADS], at: (text, start) => mac.at(text, start, NO_REGIONS) },
])

/** The first digit of an address may stand behind groups of letters. */
function leftEnd(text: string, start: number, sign: RegExp, most: number): number {
  let from = start
  while (start - from < most && from > 0 && sign.test(text.charAt(from - 1))) from--
  return from
}

function matchAt(pattern: RegExp, text: string, start: number): string | null {
  pattern.lastIndex = start
  return pattern.exec(text)?.[0] ?? null
}
