import type { LinedText } from './format-command.ts'
import type { Located, Notes } from './notes.ts'

/** What a shell would do with these, and nobody does here. */
const NEEDS_SHELL: Readonly<Record<string, string>> = {
  $: 'is filled in by a shell',
  '`': 'runs a command of its own',
  '|': 'joins two commands',
  '&': 'joins two commands',
  '<': 'reads a file',
  '>': 'writes a file',
  '(': 'starts a shell of its own',
  ')': 'ends a shell of its own',
}

/**
 * Splits a script into commands and their words, by the quoting rules of a POSIX shell and without
 * one: quotes, backslashes, continued lines and comments. What only a shell could fill in is a
 * mistake at its line.
 */
export function splitWords({ text, lineAt }: LinedText, notes: Notes): Located[][] {
  const commands: Located[][] = []
  let words: Located[] = []
  let word: Located | undefined
  let quote: '"' | "'" | undefined
  let quotedAt = 1
  const lineOf = (at: number) => lineAt[at] ?? lineAt.at(-1) ?? 1
  const add = (more: string, at: number) => {
    word ??= { text: '', line: lineOf(at) }
    word.text += more
  }
  const endWord = () => {
    if (word) words.push(word)
    word = undefined
  }
  const endCommand = () => {
    endWord()
    if (words.length > 0) commands.push(words)
    words = []
  }
  const refuse = (at: number, message: string) => notes.mistakes.push({ line: lineOf(at), message })

  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (quote === "'") {
      if (character === "'") quote = undefined
      else add(character, at)
    } else if (character === '\\') {
      at++
      const next = text.charAt(at)
      if (next === '') refuse(at - 1, 'a backslash at the very end continues nothing')
      else if (next !== '\n') add(quote && !'"\\$`'.includes(next) ? `\\${next}` : next, at)
    } else if (quote) {
      if (character === '"') quote = undefined
      else if (character === '$' || character === '`') {
        refuse(at, `"${excerpt(text, at)}" ${NEEDS_SHELL[character]}, and none runs here`)
      } else add(character, at)
    } else if (character === '"' || character === "'") {
      quote = character
      quotedAt = at
      add('', at)
    } else if (character === '\n' || character === ';') endCommand()
    else if (/\s/.test(character)) endWord()
    else if (character === '#' && !word) {
      const end = text.indexOf('\n', at)
      at = (end < 0 ? text.length : end) - 1
    } else if (Object.hasOwn(NEEDS_SHELL, character)) {
      refuse(at, `"${excerpt(text, at)}" ${NEEDS_SHELL[character]}, and none runs here`)
    } else if (character === '{' || character === '}') {
      refuse(at, `"${excerpt(text, at)}" would be taken apart by a shell: quote it`)
    } else add(character, at)
  }
  if (quote) refuse(quotedAt, `the ${quote} that begins here is never closed`)
  endCommand()
  return commands
}

/** The word a mistake is about, cut short. */
const excerpt = (text: string, at: number): string =>
  /^\S{1,40}/.exec(text.slice(at, at + 40))?.[0] ?? ''
