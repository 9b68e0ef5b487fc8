import { createNotes, type Located } from '../import/notes.ts'
import { splitWords } from '../import/split-words.ts'

/** The words of a field that holds a command line or flags: a text, a list of words, a map of flags. */
export type FoundWords = { commands: Located[][] } | { why: string }

/**
 * Reads what a field holds without a shell. `{name}` is filled in from the entry's own fields, as the
 * first Spark Control's templates were; whatever else only a shell could fill in is refused.
 */
export function readWords(value: unknown, fields: ReadonlyMap<string, unknown>): FoundWords {
  if (typeof value === 'string') return split(fill(value, fields))
  if (Array.isArray(value) && value.every(isWord))
    // an entry such as "--max-model-len 32768" is two words, as a shell had them
    return joined(
      value.map((word) =>
        /^-\S+\s/.test(String(word)) ? split(fill(String(word), fields)) : one(String(word)),
      ),
    )
  if (typeof value === 'object' && value !== null && Object.values(value).every(isWord))
    return joined(Object.entries(value).map(([flag, word]) => flagOf(flag, word)))
  return { why: 'it is neither a text nor a list of words' }
}

const isWord = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

const one = (text: string): FoundWords => ({ commands: [[{ text, line: 1 }]] })

/** `max-model-len: 32768`, `trust-remote-code: true`; false leaves a flag out. */
function flagOf(flag: string, value: unknown): FoundWords {
  const text = flag.startsWith('-') ? flag : `--${flag}`
  if (value === false) return { commands: [] }
  const words = value === true ? [text] : [text, String(value)]
  return { commands: [words.map((word) => ({ text: word, line: 1 }))] }
}

/** All of them as one command. */
function joined(parts: readonly FoundWords[]): FoundWords {
  const words: Located[] = []
  for (const part of parts) {
    if ('why' in part) return part
    words.push(...part.commands.flat())
  }
  return { commands: [words] }
}

function split(given: string): FoundWords {
  const notes = createNotes()
  // the one && that needs no shell to be understood
  const text = given.replace(/^\s*(cd\s+[\w~./-]+)\s*&&\s*/, '$1\n')
  const commands = splitWords({ text, lineAt: [...text].map(() => 1) }, notes)
  const [mistake] = notes.mistakes
  return mistake ? { why: mistake.message } : { commands }
}

const fill = (text: string, fields: ReadonlyMap<string, unknown>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = fields.get(name)
    return isWord(value) && /^[\w./:@-]+$/.test(String(value)) ? String(value) : whole
  })
