/**
 * Words as running text: one space between them, none in scripts that do without. Servers that write
 * the space before a word (" hello") mean the same.
 */
export function joinWords(words: readonly string[]): string {
  let text = ''
  let before = ''
  for (const word of words) {
    const trimmed = word.trim()
    if (trimmed === '') continue
    const isTight = before === '' || isSolid(before, trimmed)
    text += isTight ? trimmed : ` ${trimmed}`
    before = trimmed
  }
  return text
}

/** Thai is the first of those scripts; what comes before it needs no closer look. */
const FIRST_SOLID = 0x0e00

const isSolid = (before: string, after: string): boolean =>
  after.charCodeAt(0) >= FIRST_SOLID && SOLID_END.test(before) && SOLID_START.test(after)

const SOLID = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}、。，！？`
const SOLID_END = new RegExp(`[${SOLID}]$`, 'u')
const SOLID_START = new RegExp(`^[${SOLID}]`, 'u')
