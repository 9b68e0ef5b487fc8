/**
 * Follows a text from left to right and knows whether it is inside a URL. A model that was told to do
 * so can hide what it knows in the address of a picture, which a browser then fetches: values are
 * therefore not restored there.
 */
export class UrlWatch {
  /** Where the word, or the quoted URL, began that is being read. */
  runStart = 0
  #at = 0
  #recent = ''
  #isInside = false
  /** What ends the URL if it stands in quotes or angle brackets: there it may hold blanks. */
  #closer = ''
  #opener = ''
  readonly #isJson: boolean
  /** What was read of an escape of JSON; undefined: nothing. */
  #escape: string | undefined

  /** `isJson`: the text is JSON, whose strings are read unescaped, each for itself. */
  constructor(isJson = false) {
    this.#isJson = isJson
  }

  get isInside(): boolean {
    return this.#isInside
  }

  /** Whether nothing of the present word has been read yet. */
  get isAtStart(): boolean {
    return this.runStart === this.#at
  }

  read(text: string): void {
    for (const char of text) {
      if (this.#isJson) this.#takeJson(char)
      else this.#take(char)
    }
  }

  /** A placeholder stands here; one that is a whole URL begins one. */
  pass(length: number, isUrl: boolean): void {
    if (isUrl && this.isAtStart) this.#isInside = true
    this.#at += length
    this.#recent = ''
  }

  #takeJson(char: string): void {
    if (this.#escape !== undefined) {
      this.#escape += char
      if (this.#escape.startsWith('u') && this.#escape.length < 5) return
      this.#take(unescaped(this.#escape))
      this.#escape = undefined
    } else if (char === '\\') this.#escape = ''
    else if (char === '"') this.#begin('')
    else this.#take(char)
  }

  /** Another word, or string, begins here. */
  #begin(opener: string): void {
    this.#isInside = false
    this.#closer = ''
    this.#opener = opener
    this.#recent = ''
    this.runStart = this.#at
  }

  #take(char: string): void {
    this.#at += char.length
    if (this.#closer === '' ? DELIMITERS.test(char) : char === this.#closer) {
      this.#begin(char)
      return
    }
    if (this.#isInside) return
    this.#recent = (this.#recent + char).slice(-24)
    if (!TELLING.test(char) || !URLISH.test(this.#recent)) return
    this.#isInside = true
    this.#closer = CLOSERS[this.#opener] ?? ''
  }
}

const unescaped = (written: string): string =>
  written.startsWith('u')
    ? String.fromCharCode(Number.parseInt(written.slice(1), 16))
    : (BLANKS[written] ?? written)

const BLANKS: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', b: '\b' }

const DELIMITERS = /[\s"'`<>]/
const CLOSERS: Record<string, string> = { '"': '"', "'": "'", '<': '>' }
/** Only these can complete the beginning of a URL. */
const TELLING = /[:/\\.;]/
/**
 * Also what browsers and markdown take for the same: backslashes, escaped slashes, entities. Schemes
 * that are followed by no slash carry their data themselves.
 */
const URLISH =
  /[\\/]{2}|(?:^|[^a-z])(?:https?|ftps?|wss?|mailto|tel|sms|data|javascript|vbscript|file|blob):|(?:^|[^a-z])www\.|&(?:colon|sol|bsol|#0*(?:58|47|92)|#x0*(?:3a|2f|5c));/i
