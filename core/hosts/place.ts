/** Where in a shell text the next character stands: enough of POSIX grammar to place a hole safely. */
export interface Place {
  quote: 'none' | 'single' | 'double' | 'comment'
  isEscaped: boolean
  /** Whether a word has begun, and what it says so far (holes included, quotes taken off). */
  isInWord: boolean
  word: string
  /** Whether the word so far is text of the author alone, without quotes and holes. */
  isPlain: boolean
  /** Whether a literal `--` went before in this simple command. */
  isAfterDashes: boolean
  /** The character before, if it was neither quoted nor escaped nor in a hole. */
  last: string
  /** How many \${ are open outside quotes. */
  braces: number
  /** Double quotes held `$(` or `${`: quotes can nest there, so what follows cannot be told. */
  isUnsure: boolean
}

export const START: Place = {
  quote: 'none',
  isEscaped: false,
  isInWord: false,
  word: '',
  isPlain: true,
  isAfterDashes: false,
  last: '',
  braces: 0,
  isUnsure: false,
}

/** The place after `text`. Throws a TypeError for grammar that cannot be followed (`<<`, backticks). */
export function readOn(from: Place, text: string): Place {
  const place = { ...from }
  for (let i = 0; i < text.length; i++) {
    const wasPlain = place.quote === 'none' && !place.isEscaped
    step(place, text.charAt(i), text.charAt(i + 1))
    place.last = wasPlain ? text.charAt(i) : ''
  }
  return place
}

/** The place after a value that was put in as (part of) one word. */
export function afterWord(place: Place, value: string): Place {
  return { ...place, isInWord: true, word: place.word + value, isPlain: false, last: '' }
}

/** Why no hole can stand here; undefined when one can. */
export function whyNoHole(place: Place): string | undefined {
  if (place.quote === 'single' || place.quote === 'double')
    return 'inside quotes; take the quotes away, each hole is quoted by itself'
  if (place.quote === 'comment') return 'inside a comment'
  if (place.isEscaped) return 'behind a backslash'
  // bash reads $'…' as a string with escapes
  if (place.last === '$') return 'behind a $'
  if (place.braces > 0) return 'inside braces behind a $, where bash may compute it'
  if (place.isUnsure) return 'behind "$(…)" within double quotes; use script() and "$1" there'
  return undefined
}

function step(place: Place, char: string, next: string) {
  if (place.quote === 'comment') {
    if (char === '\n') newCommand(place, 'none')
  } else if (place.quote === 'single') {
    if (char === "'") place.quote = 'none'
    else place.word += char
  } else if (place.isEscaped) {
    place.isEscaped = false
    if (char !== '\n') addToWord(place, char, false)
  } else if (char === '\\') {
    place.isEscaped = true
    if (place.quote === 'none' && next !== '\n') addToWord(place, '', false)
  } else if (char === '`') {
    throw new TypeError('sh`…` takes no backticks; write $(…)')
  } else if (place.quote === 'double') {
    stepInDouble(place, char, next)
  } else {
    stepInPlain(place, char, next)
  }
}

function stepInDouble(place: Place, char: string, next: string) {
  if (char === '"') place.quote = 'none'
  else place.word += char
  if (char === '$' && (next === '(' || next === '{')) place.isUnsure = true
}

function stepInPlain(place: Place, char: string, next: string) {
  // Nothing in $((…)), ((…)) and here-documents can be quoted, so holes there would be code.
  if (char === '(' && next === '(') throw new TypeError('sh`…` takes no ((…)); compute it before')
  if (char === '<' && next === '<') throw new TypeError('sh`…` takes no <<; use the input option')
  // bash reads \' inside $'…', dash does not
  if (char === '$' && (next === "'" || next === '"'))
    throw new TypeError(`sh\`…\` takes no $${next}`)
  if (char === "'" || char === '"') {
    place.quote = char === "'" ? 'single' : 'double'
    addToWord(place, '', false)
  } else if (char === '#' && !place.isInWord) {
    // a comment after (…), a part of the word after $(…)
    if (place.last === ')') throw new TypeError('sh`…` takes no # right behind )')
    place.quote = 'comment'
  } else if (char === '{' && place.last === '$') {
    place.braces += 1
    addToWord(place, char, false)
  } else if (char === '}' && place.braces > 0) {
    place.braces -= 1
    addToWord(place, char, false)
  } else if (';&|()\n'.includes(char)) {
    newCommand(place, 'none')
  } else if (' \t<>'.includes(char)) {
    endWord(place)
  } else {
    addToWord(place, char, place.isPlain)
  }
}

function addToWord(place: Place, text: string, isPlain: boolean) {
  place.isInWord = true
  place.word += text
  place.isPlain = isPlain
}

function endWord(place: Place) {
  if (place.isPlain && place.word === '--') place.isAfterDashes = true
  Object.assign(place, { isInWord: false, word: '', isPlain: true })
}

function newCommand(place: Place, quote: 'none') {
  endWord(place)
  place.quote = quote
  place.isAfterDashes = false
}
