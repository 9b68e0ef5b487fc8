/** Classes of UTF-16 units, looked up once each. */
export const CLASS = {
  space: 1,
  lower: 2,
  upper: 3,
  letter: 4,
  digit: 5,
  sign: 6,
  newline: 7,
} as const

const classes = new Uint8Array(65_536)
const lowered = new Uint16Array(65_536)

export function classOf(code: number): number {
  return classes[code] || classify(code)
}

/** The unit in lower case, where that is one unit; otherwise itself. */
export const lowerOf = (code: number): number => {
  classOf(code)
  return lowered[code] ?? code
}

function classify(code: number): number {
  const sign = String.fromCharCode(code)
  const lower = sign.toLowerCase()
  lowered[code] = lower.length === 1 ? lower.charCodeAt(0) : code
  const of = read(sign, code, lower)
  classes[code] = of
  return of
}

function read(sign: string, code: number, lower: string): number {
  if (sign === '\n' || sign === '\r' || code === 0x2028) return CLASS.newline
  if (/\s/.test(sign)) return CLASS.space
  if (/\p{Nd}/u.test(sign)) return CLASS.digit
  // half of a pair: most are rare letters and emoji; nobody's lexicon knows them
  if (code >= 0xd800 && code <= 0xdfff) return CLASS.letter
  if (!/[\p{L}\p{M}]/u.test(sign)) return CLASS.sign
  if (sign !== lower) return CLASS.upper
  return sign === sign.toUpperCase() ? CLASS.letter : CLASS.lower
}
