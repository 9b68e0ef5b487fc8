import { kokoroError } from '../errors.ts'

/** One voice of a mix: how much of it is added, or taken away. */
export interface Part {
  voice: string
  sign: '+' | '-'
  /** Weights are shares: the server makes their sum 1. */
  weight: number
}

const MOST_CHARS = 1_000
const MOST_PARTS = 20

/**
 * The parts of a voice as it stands in a request: `af_heart`, `a+b`, `a(2)+b(1)`, `a-b`; blanks count
 * for nothing. Throws VOICE_MIX_INVALID, saying what is wrong before the server is asked.
 */
export function parseMix(written: string, path = 'voice'): Part[] {
  const fail = (why: string, hint = WAY_OUT) =>
    kokoroError('VOICE_MIX_INVALID', `${path} is ${show(written)}: ${why}.`, {
      hint,
      details: [{ path, message: why }],
    })
  if (written.length > MOST_CHARS) throw fail(`it is longer than ${MOST_CHARS} characters`)
  const text = written.replace(/\s+/g, '')
  if (text === '') throw fail('it is empty', 'Leave it out for af_heart, or name a voice.')
  const tokens = text.match(/[+-]|[^+\-()]+(?:\([^)]*\))?|[()]/gu) ?? []
  const parts: Part[] = []
  let sign: Part['sign'] | undefined
  for (const [at, token] of tokens.entries()) {
    if (token === '+' || token === '-') {
      if (at === 0) throw fail(`it begins with "${token}"`)
      if (sign) throw fail(`"${sign}${token}" stands between two voices`)
      sign = token
      continue
    }
    if (/^[()]/.test(token)) throw fail('its brackets do not match')
    if (parts.length > 0 && !sign) throw fail(`a "+" or "-" is missing before ${show(token)}`)
    const [, voice, weight] = /^([^()]+)(?:\(([^)]*)\))?$/u.exec(token) ?? []
    if (voice === undefined) throw fail('its brackets do not match')
    parts.push({ voice, sign: sign ?? '+', weight: weightOf(weight, voice, fail) })
    sign = undefined
  }
  if (sign) throw fail(`it ends with "${sign}"`)
  if (parts.length > MOST_PARTS) throw fail(`it mixes more than ${MOST_PARTS} voices`)
  return parts
}

/** The mix as the server is sent it. */
export const formatMix = (parts: readonly Part[]): string =>
  parts
    .map(({ sign, voice, weight }, at) => {
      const before = at === 0 ? '' : sign
      return weight === 1 ? before + voice : `${before}${voice}(${weight})`
    })
    .join('')

function weightOf(text: string | undefined, voice: string, fail: (why: string) => Error): number {
  if (text === undefined) return 1
  const weight = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(weight) && weight > 0) return weight
  throw fail(`the weight of ${show(voice)} is ${show(text)}; it must be a number above 0`)
}

const WAY_OUT = 'Write voices with "+" or "-" between them and weights in brackets: a(2)+b(1).'

const show = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text)
