/** Words of a text: letters and digits, in lower case. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/** A word without the commonest English endings, so that `restarted` meets `restarting`. */
export function stem(word: string): string {
  if (word.length < 5) return word
  const cut = word.replace(/(ings?|edly|ed|ies|es|s|ly|er|ers)$/, '')
  return cut.length >= 3 ? cut.replace(/(.)\1$/, '$1') : word
}

/** Words that say nothing of what a text is about. */
export const isCommon = (word: string): boolean => COMMON.has(word)

const COMMON = new Set(
  (
    'a an and any are as at be been but by can could did do does for from had has have how i if in ' +
    'into is it its may me my no not of on or our shall she should so some such than that the their ' +
    'them then there these they this to was we were what when where which who why will with you your'
  ).split(' '),
)

/** A 32-bit hash of a text (FNV-1a with a last stir), the same on every machine. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d)
  return (value ^ (value >>> 15)) >>> 0
}
