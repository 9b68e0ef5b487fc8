import { asciiDigit, CONFUSABLES, PUNCTUATION } from './confusables.ts'
import { identity, type View, ViewBuilder } from './view.ts'

/** Letters after their base, so that a letter and its accent are folded as one. */
const CLUSTER = /\P{M}\p{M}{0,8}|\p{M}/gsu
/** Nothing to see: format characters, fillers, variation selectors. A space-like one stays a space. */
const INVISIBLE = /^(?:\p{Default_Ignorable_Code_Point}|\p{Cf})+$/u
const SPACE = /^[\p{Zs}\u2028\u2029]$/u
const MIXED_WORD = /[\p{L}\p{M}\p{N}]{2,64}/gu
const LATIN = /[A-Za-z]/
const LOOK_ALIKE = /[\u0251\u0261\u0131\u0370-\u03ff\u0400-\u052f\u0530-\u058f]/

/**
 * The text as detection reads it: compatibility forms, digits and punctuation in ASCII, nothing invisible,
 * look-alike letters of a Latin word in Latin. ASCII text is its own folding.
 */
export function fold(text: string): View {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant, all of it
  if (/^[\x00-\x7f]*$/.test(text)) return identity(text)
  const builder = new ViewBuilder()
  for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
    const folded = foldCluster(cluster)
    if (folded !== '') builder.add(folded, index, index + cluster.length)
  }
  const view = builder.build()
  return LOOK_ALIKE.test(view.text) ? { ...view, text: latinise(view.text) } : view
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
function latinise(text: string): string {
  return text.replace(MIXED_WORD, (word) =>
    LATIN.test(word) && LOOK_ALIKE.test(word)
      ? word.replace(/[\u0251-\u058f]/g, (letter) => CONFUSABLES.get(letter) ?? letter)
      : word,
  )
}
