import { asciiDigit, CONFUSABLES, PUNCTUATION } from './confusables.ts'
import { identity, type View, ViewBuilder } from './view.ts'

const SPACE = /^[\p{Zs}\u2028\u2029]$/u
const INVISIBLE = /^(?:\p{Default_Ignorable_Code_Point}|\p{Cf})+$/u
const MIXED_WORD = /[\p{L}\p{M}\p{N}]{2,64}/gu
const LATIN = /[A-Za-z]/
const LOOK_ALIKE = /[\u0251\u0261\u0131\u0370-\u03ff\u0400-\u052f\u0530-\u058f]/
const MAX_MARKS = 16

/**
 * The text as detection reads it: compatibility forms, digits and punctuation in ASCII, nothing invisible,
 * look-alike letters of a Latin word in Latin. A text that is so already is its own folding.
 */
export function fold(text: string): View {
  let at = nextToFold(text, 0)
  if (at === text.length) return latinised(identity(text))
  const builder = new ViewBuilder(text.length)
  let copied = 0
  while (at < text.length) {
    builder.copy(text, copied, at)
    const end = clusterEnd(text, at)
    builder.add(foldCluster(text.slice(at, end)), at, end)
    copied = end
    at = nextToFold(text, end)
  }
  builder.copy(text, copied, text.length)
  return latinised(builder.build())
}

/** What a unit is to folding: stands for itself, is a mark on the one before, or must be looked at. */
const [PLAIN, MARK, OTHER] = [1, 2, 3] as const
const kinds = new Uint8Array(65_536)

function kindOf(code: number): number {
  const known = kinds[code] as number
  if (known !== 0) return known
  const sign = String.fromCharCode(code)
  const kind = /\p{M}/u.test(sign)
    ? MARK
    : foldCluster(sign) === sign && !isHalf(code)
      ? PLAIN
      : OTHER
  kinds[code] = kind
  return kind
}

const isHalf = (code: number): boolean => code >= 0xd800 && code <= 0xdfff

/** The next unit that does not stand for itself, or whose marks may become one with it. */
function nextToFold(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const kind = kindOf(text.charCodeAt(at))
    if (kind === OTHER) return at
    if (kind === MARK) return Math.max(from, at - 1)
  }
  return text.length
}

function clusterEnd(text: string, start: number): number {
  let end = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
  const most = end + MAX_MARKS
  while (end < most && end < text.length && kindOf(text.charCodeAt(end)) === MARK) end++
  return end
}

function foldCluster(cluster: string): string {
  const code = cluster.charCodeAt(0)
  if (cluster.length === 1) {
    if (code < 0x80) return cluster === '`' ? "'" : cluster
    if (SPACE.test(cluster)) return ' '
    const sign = PUNCTUATION.get(cluster) ?? asciiDigit(code)
    if (sign !== null && sign !== undefined) return sign
  }
  if (INVISIBLE.test(cluster)) return ''
  return cluster.normalize('NFKC').replace(/\p{Cf}/gu, '')
}

/** One unit for one unit, so that the map stays as it is. */
function latinised(view: View): View {
  if (!LOOK_ALIKE.test(view.text)) return view
  const text = view.text.replace(MIXED_WORD, (word) =>
    LATIN.test(word) && LOOK_ALIKE.test(word)
      ? word.replace(/[\u0131\u0251-\u058f]/g, (letter) => CONFUSABLES.get(letter) ?? letter)
      : word,
  )
  return { ...view, text }
}
