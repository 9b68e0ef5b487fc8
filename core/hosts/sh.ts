import { ControlError } from '../errors.ts'
import { afterWord, type Place, readOn, START, whyNoHole } from './place.ts'

/**
 * A shell command made by sh`…` or script(), and by nothing else: the class is not exported, its
 * fields are private, and the constructor wants a token of this module. So a string cannot reach
 * `host.exec`, neither by type nor at run time.
 */
export type { ShellCommand as Command }

type Text = string | number
/** One shell word. */
export type Word = Text | SecretWord | OptionWord
/** What may stand in a hole: one word, several words, or a command to splice in. */
export type Hole = Word | readonly Word[] | ShellCommand

/**
 * A POSIX shell command. The text is taken raw (`\n` stays `\n`); `\${` gives `${`.
 * - A hole is exactly one shell word, quoted, whatever it holds; newlines are kept byte for byte.
 *   It may be glued to text or to other holes (`--name=${name}`).
 * - An array is several words, none if empty; a Command is spliced in as it is. Both stand alone.
 * - A word that would begin with `-` is refused, since programs would take it for an option. Either
 *   a literal `--` stands before it in the same simple command, or the caller says `arg(value)`.
 * - NUL and lone surrogates are refused: no shell word can hold them.
 * - Holes inside quotes, comments, here-documents, backticks and ((…)) are a TypeError.
 * Not seen from here: programs that evaluate their words again (eval, sh -c, ssh, awk). Give them
 * values as further arguments. Throws ControlError COMMAND_REFUSED naming the value.
 */
export function sh(strings: TemplateStringsArray, ...holes: Hole[]): ShellCommand {
  // the engine freezes what a template hands to its tag
  if (!Object.isFrozen(strings) || !Object.isFrozen(strings.raw))
    throw new TypeError('sh is a template tag: sh`…`')
  const texts = strings.raw.map((text) => text.replaceAll('\\${', '${'))
  const building: Building = { wire: '', shown: '', place: START, stdin: undefined }
  addText(building, texts[0] ?? '')
  for (const [i, hole] of holes.entries()) {
    const next = texts[i + 1] ?? ''
    const why = whyNoHole(building.place)
    if (why) throw new TypeError(`sh\`${texts.join('…')}\`: hole ${i + 1} stands ${why}`)
    addHole(building, hole, { next, name: `hole ${i + 1} of sh\`${texts.join('…')}\`` })
    addText(building, next)
  }
  const { quote, isEscaped } = building.place
  if (quote === 'single' || quote === 'double' || isEscaped)
    throw new TypeError(`sh\`${texts.join('…')}\`: quotes are left open`)
  return new ShellCommand(TOKEN, building)
}

/**
 * A POSIX script, run as `sh -s -- args` with the script on stdin: nothing of it is quoted, its
 * size is not limited, and half a script (a lost connection) runs nothing. Commands in it have an
 * empty stdin. Values go in as arguments ("$1"), never into the text: only literal text compiles.
 */
export function script<T extends string>(text: Literal<T>, ...args: Word[]): ShellCommand {
  const building: Building = { wire: 'sh -s --', shown: 'sh -s --', place: START, stdin: undefined }
  for (const [i, word] of args.entries()) {
    building.wire += ` ${quote(textOfWord(word, `argument ${i + 1} of a script`))}`
    building.shown += ` ${showWord(word)}`
  }
  const title = /^\s*#\s*(?!!)(.+)/.exec(text)?.[1]
  if (title) building.shown += `  # ${title}`
  // The shell reads a whole { … } before it runs any of it, and </dev/null keeps the commands in it
  // from eating the rest of the script.
  building.stdin = `{\n${text}\n} </dev/null\n`
  return new ShellCommand(TOKEN, building)
}

/**
 * Only text known when the program is compiled: `string` and template types with an open part make
 * an index signature, which {} satisfies; a literal makes a required key.
 */
type Literal<T extends string> = Record<never, never> extends Record<T, 1> ? never : T

/** Lets a word begin with `-`: the caller means an option, or knows that none is read there. */
export function arg(value: Text | SecretWord): OptionWord {
  return new OptionWord(value)
}

/** A word that is used as it is but shown as ••••. */
export function secret(value: string): SecretWord {
  return new SecretWord(value)
}

/** A command as a person reads it in a plan: quoted only where needed, secrets masked. */
export function display(command: ShellCommand): string {
  return ShellCommand.open(command).shown
}

/** The text for the shell and what goes to its stdin; for the transports alone. Throws on fakes. */
export function wireOf(command: ShellCommand): { text: string; stdin: string | undefined } {
  const { wire, stdin } = ShellCommand.open(command)
  return { text: wire, stdin }
}

/** One shell word in single quotes. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}

interface Building {
  wire: string
  shown: string
  place: Place
  stdin: string | undefined
}

const TOKEN = Symbol('made by sh')
const MASK = '••••'

class ShellCommand {
  readonly #parts: Building

  constructor(token: typeof TOKEN, parts: Building) {
    if (token !== TOKEN) throw new TypeError('only sh`…` makes a command')
    this.#parts = parts
  }

  static open(command: ShellCommand): Building {
    if (typeof command !== 'object' || command === null || !(#parts in command))
      throw new TypeError('only sh`…` makes a command')
    return command.#parts
  }

  toString(): string {
    return this.#parts.shown
  }
}

class SecretWord {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }
}

class OptionWord {
  readonly value: Text | SecretWord

  constructor(value: Text | SecretWord) {
    this.value = value
  }
}

function addText(building: Building, text: string) {
  building.wire += text
  building.shown += text
  building.place = readOn(building.place, text)
}

function addHole(building: Building, hole: Hole, at: { next: string; name: string }) {
  if (!(hole instanceof ShellCommand) && !Array.isArray(hole))
    return addWord(building, hole as Word, at.name)
  const isGlued = building.place.isInWord || !/^($|[\s;&|()<>])/.test(at.next)
  if (isGlued) throw new TypeError(`${at.name}: an array or a command must stand alone`)
  if (hole instanceof ShellCommand) return splice(building, ShellCommand.open(hole), at.name)
  for (const [i, word] of (hole as readonly Word[]).entries()) {
    if (i > 0) addText(building, ' ')
    addWord(building, word, `${at.name}, item ${i + 1}`)
  }
}

function addWord(building: Building, word: Word, name: string) {
  const value = textOfWord(word, name)
  const { place } = building
  const isMeant = word instanceof OptionWord || place.isAfterDashes
  if (place.word === '' && value.startsWith('-') && !isMeant)
    throw new ControlError(
      'COMMAND_REFUSED',
      `${clip(showWord(word))} begins with "-" and would be taken for an option (${name})`,
      { hint: 'give a value that does not begin with "-"' },
    )
  building.wire += quote(value)
  building.shown += showWord(word)
  building.place = afterWord(place, value)
}

function splice(building: Building, inner: Building, name: string) {
  if (inner.stdin !== undefined && building.stdin !== undefined)
    throw new TypeError(`${name}: only one script() fits into a command`)
  building.wire += inner.wire
  building.shown += inner.shown
  building.stdin ??= inner.stdin
  building.place = { ...inner.place, isInWord: true, isPlain: false }
}

function textOfWord(word: Word, name: string): string {
  const bare = word instanceof OptionWord ? word.value : word
  const value = bare instanceof SecretWord ? bare.reveal() : bare
  if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value)))
    throw new TypeError(`${name} is ${String(value)}, not a string or a finite number`)
  const text = String(value)
  const problem = text.includes('\0')
    ? 'holds a NUL character'
    : text.isWellFormed()
      ? undefined
      : 'holds half a UTF-16 pair'
  if (problem)
    throw new ControlError('COMMAND_REFUSED', `${clip(showWord(word))} ${problem} (${name})`, {
      hint: 'take the character away',
    })
  return text
}

function showWord(word: Word): string {
  const bare = word instanceof OptionWord ? word.value : word
  if (bare instanceof SecretWord) return MASK
  const text = String(bare)
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quote(text)
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
