import { type View, ViewBuilder } from './view.ts'

/**
 * What a text says once URL encoding, JSON escapes and HTML entities are undone, all in one pass; null if there
 * are none. A reader at the other end of a wire sees this text, so it is searched as well.
 */
export function decode(text: string): View | null {
  if (!HINT.test(text)) return null
  const builder = new ViewBuilder(text.length)
  let at = 0
  let hasDecoded = false
  ESCAPE.lastIndex = 0
  for (let match = ESCAPE.exec(text); match; match = ESCAPE.exec(text)) {
    const decoded = decodeOne(match[0])
    if (decoded === null) continue
    builder.copy(text, at, match.index)
    builder.add(decoded, match.index, match.index + match[0].length)
    at = match.index + match[0].length
    hasDecoded = true
  }
  if (!hasDecoded) return null
  builder.copy(text, at, text.length)
  return builder.build()
}

/** The cheap look before the search. */
const HINT = /%[0-9A-Fa-f]{2}|\\[nrtu"\\/x]|&[#a-zA-Z]|=[0-9A-F]{2}/
const ESCAPE =
  /(?:%[0-9A-Fa-f]{2}){1,16}|(?:=[0-9A-F]{2}){1,16}|\\u\{[0-9A-Fa-f]{1,6}\}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[nrtbf"'\\/]|&#[xX][0-9A-Fa-f]{1,6};|&#\d{1,7};|&[A-Za-z]{2,8};/g

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    commat: '@',
    period: '.',
    colon: ':',
    sol: '/',
    lowbar: '_',
    hyphen: '-',
    dash: '-',
    ndash: '-',
    mdash: '-',
    shy: '',
    plus: '+',
    num: '#',
    lpar: '(',
    rpar: ')',
    comma: ',',
    auml: 'ä',
    ouml: 'ö',
    uuml: 'ü',
    Auml: 'Ä',
    Ouml: 'Ö',
    Uuml: 'Ü',
    szlig: 'ß',
    eacute: 'é',
    egrave: 'è',
    agrave: 'à',
    aacute: 'á',
    iacute: 'í',
    oacute: 'ó',
    uacute: 'ú',
    ntilde: 'ñ',
    ccedil: 'ç',
    oslash: 'ø',
    aring: 'å',
    aelig: 'æ',
  }),
)
const CONTROL: Record<string, string> = { n: '\n', r: '\n', t: '\t', b: ' ', f: ' ' }

function decodeOne(code: string): string | null {
  if (code.startsWith('%')) return fromUtf8(code.replaceAll('%', ''))
  if (code.startsWith('=')) return fromUtf8(code.replaceAll('=', ''))
  if (code.startsWith('&#')) {
    const isHex = code[2] === 'x' || code[2] === 'X'
    return fromCode(Number.parseInt(code.slice(isHex ? 3 : 2, -1), isHex ? 16 : 10))
  }
  if (code.startsWith('&')) return ENTITIES.get(code.slice(1, -1)) ?? null
  if (/^\\[ux]/.test(code)) return fromCode(Number.parseInt(code.replace(/[^0-9A-Fa-f]/g, ''), 16))
  const sign = code.charAt(1)
  return CONTROL[sign] ?? sign
}

const fromCode = (code: number): string | null =>
  code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null

/** Bytes that are no UTF-8 are read as Latin-1, since somebody may have meant that. */
function fromUtf8(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const text = new TextDecoder().decode(bytes)
  return text.includes('\ufffd') ? String.fromCharCode(...bytes) : text
}
