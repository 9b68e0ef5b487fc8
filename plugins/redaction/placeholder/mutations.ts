/** A name, what becomes of a placeholder, and what it is restored to (`{}` is its value; absent: that alone). */
export type Mutation = [
  name: string,
  mutate: (type: string, n: string, check: string) => string,
  to?: string,
]

/** What models, editors and pipelines make of `[[PERSON1K7]]`: for tests and measurements. */
export const MUTATIONS: readonly Mutation[] = [
  ['nothing', (t, n, c) => `[[${t}${n}${c}]]`],
  ['lower case', (t, n, c) => `[[${t}${n}${c}]]`.toLowerCase()],
  ['a capital only', (t, n, c) => `[[${t[0]}${t.slice(1).toLowerCase()}${n}${c}]]`],
  ['one pair of brackets lost', (t, n, c) => `[${t}${n}${c}]`],
  ['all brackets lost', (t, n, c) => `${t}${n}${c}`],
  ['brackets lost on one side', (t, n, c) => `[[${t}${n}${c}`],
  ['angle brackets', (t, n, c) => `<${t}${n}${c}>`],
  ['braces', (t, n, c) => `{{${t}${n}${c}}}`],
  ['parentheses', (t, n, c) => `((${t}${n}${c}))`],
  ['a possessive', (t, n, c) => `[[${t}${n}${c}]]'s`, "{}'s"],
  ['a plural without brackets', (t, n, c) => `${t}${n}${c}s`, '{}s'],
  ['HTML entities', (t, n, c) => `&lt;${t}${n}${c}&gt;`],
  ['numeric entities', (t, n, c) => `&#91;&#91;${t}${n}${c}&#93;&#93;`],
  ['JSON escapes', (t, n, c) => `\\u005b\\u005b${t}${n}${c}\\u005d\\u005d`],
  ['URL escapes', (t, n, c) => `%5B%5B${t}${n}${c}%5D%5D`],
  ['markdown escapes', (t, n, c) => `\\[\\[${t}\\_${n}\\_${c}\\]\\]`],
  ['emphasis inside', (t, n, c) => `[[**${t}${n}${c}**]]`],
  ['full-width letters', (t, n, c) => `［［${wide(t + n + c)}］］`],
  ['an underscore', (t, n, c) => `[[${t}_${n}${c}]]`],
  ['dashes', (t, n, c) => `[[${t}-${n}\u2011${c}]]`],
  ['blanks', (t, n, c) => `[[ ${t} ${n} ${c} ]]`],
  ['a line break', (t, n, c) => `[[${t}\n${n}${c}]]`],
  ['a translated type', (_, n, c) => `[[PERSONNE${n}${c}]]`],
  ['a type in another script', (_, n, c) => `[[人${n}${c}]]`],
  ['an alias', (t, n, c) => `[[${t}${n}${c}|the customer]]`],
  ['misread letters', (t, n, c) => `[[${t}${n}${c.replace('0', 'O').replace('1', 'l')}]]`],
]
const wide = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
