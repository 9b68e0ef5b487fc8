import { Lexer, type YAMLError } from 'yaml'
import type { Mistake } from './mistakes.ts'

/**
 * What keeps a text from being YAML, in an operator's words, one mistake a line: first what can be
 * seen without a parser, then the parser's `errors`.
 */
export function syntaxMistakes(text: string, errors: readonly YAMLError[]): Mistake[] {
  const byLine = new Map<number, Mistake>()
  let seen = { start: 0, end: 0 }
  const add = (offset: number, make: () => Mistake) => {
    // a line may have one error for each of its characters
    if (byLine.size >= MOST || (offset >= seen.start && offset < seen.end)) return
    seen = { start: lineStart(text, offset), end: endOfLine(text, offset) }
    if (!byLine.has(seen.start)) byLine.set(seen.start, make())
  }
  for (const mistake of [...textMistakes(text), ...depthMistakes(text)])
    add(mistake.offset ?? 0, () => mistake)
  for (const error of withoutFollowers(errors))
    add(offsetOf(error, text), () => parserMistake(text, error))
  return [...byLine.values()]
}

/** After a token too many all others are too many as well, and an open quote swallows what follows. */
function withoutFollowers(errors: readonly YAMLError[]): readonly YAMLError[] {
  const open = errors.find(isOpenQuote)
  return open ? [open] : errors.filter(({ code }, at) => at === 0 || code !== 'UNEXPECTED_TOKEN')
}

const isOpenQuote = ({ code, message }: YAMLError): boolean =>
  code === 'MISSING_CHAR' && message.includes('quote')

/** One slip brings a train of followers; nobody reads past these. */
const MOST = 20

/** Control characters, and spaces that only look like spaces; pages copied from the web hold them. */
const TEXT_TRAPS: { pattern: RegExp; mistake: (match: string) => Omit<Mistake, 'at'> }[] = [
  {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    pattern: /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/g,
    mistake: (match) => ({
      code: 'YAML_CHARACTER',
      message: `holds the control character ${codePoint(match)}`,
      hint: 'remove it; it may be invisible in your editor',
    }),
  },
  {
    pattern: /^[ \t]*[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]/gm,
    mistake: (match) => ({
      code: 'YAML_CHARACTER',
      message: `is indented with ${codePoint(match.at(-1) ?? '')}, which only looks like a space`,
      hint: 'indent with plain spaces',
    }),
  },
  {
    // never YAML, and the parser takes minutes over a file of them
    pattern: /(?<!\S)(?:![^\s,[\]{}]*\s+){8,}/g,
    mistake: () => ({
      code: 'YAML_TAG',
      message: 'ends a long row of tags',
      hint: 'write the value without them',
    }),
  },
  {
    pattern: /^ *\t[ \t]*(?=[^\s#])/gm,
    mistake: () => ({
      code: 'YAML_TAB',
      message: 'is indented with a tab, which YAML does not take',
      hint: 'indent with spaces',
    }),
  },
]

function textMistakes(text: string): Mistake[] {
  return TEXT_TRAPS.flatMap(({ pattern, mistake }) => {
    const found: Mistake[] = []
    for (const match of text.matchAll(pattern)) {
      const isTab = match[0].includes('\t')
      const offset = match.index + (isTab ? match[0].indexOf('\t') : match[0].length - 1)
      found.push({ at: '', offset, ...mistake(match[0]) })
      if (found.length >= MOST) break
    }
    return found
  })
}

/** Far below where the parser runs out of stack, far above what brackets in quotes add up to. */
const DEEPEST = 200

/** Counts brackets, quoted or not: the parser would find out slowly. */
function depthMistakes(text: string): Mistake[] {
  let depth = 0
  for (const { 0: bracket, index } of text.matchAll(/[[\]{}]|(?:[-?][ \t]+){200}/g)) {
    depth += bracket === ']' || bracket === '}' ? -1 : bracket.length
    if (depth > DEEPEST) return [{ at: '', offset: index, ...TOO_DEEP }]
  }
  return []
}

const offsetOf = (error: YAMLError, text: string): number =>
  Math.min(isOpenQuote(error) ? lastQuote(text) : error.pos[0], Math.max(0, text.length - 1))

/** As much of a line is looked at to either side of an error. */
const SHOWN = 500

function parserMistake(text: string, error: YAMLError): Mistake {
  const offset = offsetOf(error, text)
  const line = text.slice(
    Math.max(lineStart(text, offset), offset - SHOWN),
    Math.min(endOfLine(text, offset), offset + SHOWN),
  )
  const told = (isOpenQuote(error) ? OPEN_QUOTE : TOLD[error.code]) ?? {
    code: 'YAML_SYNTAX',
    message: sentence(error.message),
  }
  const placeholder = /[[{,:]\s*\$\{[^}]*\}/.test(line) && /[[{]/.test(line.replaceAll('${', ''))
  return {
    at: '',
    offset,
    ...told,
    ...(placeholder && { hint: `inside { } and [ ] a placeholder needs quotes: "\${env:NAME}"` }),
  }
}

/** Where the last quoted text of the file begins: an open quote swallows all that follows it. */
function lastQuote(text: string): number {
  let at = 0
  let opened = 0
  for (const lexeme of new Lexer().lex(text)) {
    if (MARKS.has(lexeme)) continue
    if (/^["']/.test(lexeme)) opened = at
    at += lexeme.length
  }
  return opened
}

/** What the lexer says besides the text: a document, a scalar, a flow collection that has ended. */
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u001f', '\u0018'])

type Told = Pick<Mistake, 'code' | 'message' | 'hint'>
const TOO_DEEP: Told = { code: 'YAML_TOO_DEEP', message: 'is nested far too deeply' }
const OPEN_QUOTE: Told = {
  code: 'YAML_SYNTAX',
  message: 'the quote that is opened here is never closed',
  hint: 'close it at the end of the value',
}
const TOLD: Partial<Record<YAMLError['code'], Told>> = {
  TAB_AS_INDENT: {
    code: 'YAML_TAB',
    message: 'is indented with a tab, which YAML does not take',
    hint: 'indent with spaces',
  },
  MULTIPLE_DOCS: {
    code: 'YAML_SEVERAL_DOCUMENTS',
    message: 'a second document begins after ---',
    hint: 'keep one document in the file',
  },
  RESOURCE_EXHAUSTION: TOO_DEEP,
  BAD_INDENT: {
    code: 'YAML_SYNTAX',
    message: 'the indentation does not fit the lines above, or a bracket is still open',
    hint: 'give the keys of one map the same indentation',
  },
  MULTILINE_IMPLICIT_KEY: {
    code: 'YAML_SYNTAX',
    message: 'is not of the form "key: value"',
    hint: 'is there a space after the colon?',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    code: 'YAML_SYNTAX',
    message: 'a list or a second "key:" stands where only a value can',
    hint: 'is a quote missing around a value with ": ", or is "- " among keys?',
  },
  BAD_SCALAR_START: {
    code: 'YAML_SYNTAX',
    message: 'a value cannot begin with this character',
    hint: 'put the value in quotes',
  },
  UNEXPECTED_TOKEN: {
    code: 'YAML_SYNTAX',
    message: 'what stands here does not belong to what comes before it',
    hint: 'is a comma, a colon or a quote missing, or a bracket too many?',
  },
  NON_STRING_KEY: {
    code: 'YAML_SYNTAX',
    message: 'a key has to be one word',
    hint: 'is a quote missing around { } or [ ]?',
  },
}

/** The library's sentence, begun small, without its line end and what it quotes: that may be a key. */
const sentence = (message: string): string =>
  message.slice(0, 1).toLowerCase() +
  message
    .slice(1)
    .split(/\n|: "/, 1)[0]
    ?.slice(0, 160)

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

const lineStart = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1

const endOfLine = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end
}
