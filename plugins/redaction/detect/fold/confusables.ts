/**
 * Letters of other scripts that look like Latin ones, after Unicode's confusables (UTS 39); only those that
 * stand in ordinary fonts for a letter of a name, an address or a key.
 */
const PAIRS =
  'аa еe оo рp сc уy хx іi ѕs јj ԁd ԛq ԝw һh ӏl ɡg ɑa АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЅS ЈJ ' +
  'αa οo ρp νv ιi υu κk τt χx γy ηn ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ոn օo սu հh ցg ıi'

export const CONFUSABLES: ReadonlyMap<string, string> = new Map(
  PAIRS.split(' ').map((pair) => [pair.charAt(0), pair.charAt(1)]),
)

/** Punctuation that stands for an ASCII sign and that NFKC leaves alone. */
export const PUNCTUATION: ReadonlyMap<string, string> = new Map([
  ...[...'‐‑‒–—―−﹘'].map((sign) => [sign, '-'] as const),
  ...[...'‘’‚‛′ʼ`´'].map((sign) => [sign, "'"] as const),
  ...[...'“”„‟″«»'].map((sign) => [sign, '"'] as const),
  ...[...'∕⁄⧸'].map((sign) => [sign, '/'] as const),
  ...[...'。․‧∙・'].map((sign) => [sign, '.'] as const),
  ['∶', ':'],
  ['∆', 'Δ'],
  ['µ', 'μ'],
  ['ꓸ', '.'],
])

/** Zeros of the scripts whose digits follow each other; their values are written in ASCII digits. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0,
  0xf20, 0x1040, 0x17e0, 0x1810,
]

export function asciiDigit(code: number): string | null {
  const zero = ZEROS.find((first) => code >= first && code < first + 10)
  return zero === undefined ? null : String(code - zero)
}
