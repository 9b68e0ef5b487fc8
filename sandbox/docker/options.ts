/** Words of a command line, parted into options and the rest. */
export interface ParsedOptions {
  /** Options without a value, by their first name. */
  flags: Set<string>
  /** Options with values, by their first name, in order. */
  values: Map<string, string[]>
  rest: string[]
  /** The first option that is not known. */
  unknown?: string
}

export interface OptionNames {
  /** Names of one flag, the main one first: `[['all', 'a']]`. */
  flags: string[][]
  values: string[][]
  /** Whether options end at the first other word (`docker run IMAGE --this-belongs-to-it`). */
  stopsAtRest?: boolean
}

/** Parses as docker's command line does: `-aq`, `-n5`, `--name=x`, `--name x`. */
export function parseOptions(words: readonly string[], names: OptionNames): ParsedOptions {
  const parsed: ParsedOptions = { flags: new Set(), values: new Map(), rest: [] }
  const flags = index(names.flags)
  const values = index(names.values)
  const add = (name: string, value: string) => {
    parsed.values.set(name, [...(parsed.values.get(name) ?? []), value])
  }
  const queue = [...words]
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      parsed.rest.push(...queue)
      break
    }
    if (!word.startsWith('-') || word === '-') {
      parsed.rest.push(word)
      if (names.stopsAtRest) {
        parsed.rest.push(...queue)
        break
      }
      continue
    }
    if (word.startsWith('--')) {
      const [name = '', inline] = splitOnce(word.slice(2), '=')
      const flag = flags.get(name)
      const value = values.get(name)
      if (flag !== undefined) {
        if (inline !== 'false') parsed.flags.add(flag)
      } else if (value !== undefined) add(value, inline ?? queue.shift() ?? '')
      else return { ...parsed, unknown: `unknown flag: --${name}` }
      continue
    }
    for (let letters = word.slice(1); letters !== ''; letters = letters.slice(1)) {
      const letter = letters.charAt(0)
      const flag = flags.get(letter)
      const value = values.get(letter)
      if (flag !== undefined) parsed.flags.add(flag)
      else if (value !== undefined) {
        const inline = letters.slice(1).replace(/^=/, '')
        add(value, inline !== '' ? inline : (queue.shift() ?? ''))
        break
      } else {
        return { ...parsed, unknown: `unknown shorthand flag: '${letter}' in ${word}` }
      }
    }
  }
  return parsed
}

/** The last value of an option. */
export function lastValue(parsed: ParsedOptions, name: string): string | undefined {
  return parsed.values.get(name)?.at(-1)
}

/** Splits at the first separator only. */
export function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

function index(names: string[][]): Map<string, string> {
  return new Map(names.flatMap((each) => each.map((name) => [name, each[0] ?? name])))
}
