import type { Diagnostic } from '../topology/topology.ts'
import type { Remark } from './draft.ts'

/** A variable of a .env file. */
export interface Variable {
  name: string
  text: string
  file: string
  line: number
}

/** A .env file as it was read. */
export interface ReadEnv {
  variables: Variable[]
  /** Lines that say nothing; they cost themselves alone. */
  remarks: Remark[]
  /** What leaves open how the rest is meant. */
  diagnostics: Diagnostic[]
}

/**
 * Reads a .env file: `NAME=value`, quoted or not, `export` in front or not; of a name given twice the
 * last counts, as in a shell. What stands in a line is never told: it may be a secret.
 */
export function readEnv(file: string, text: string): ReadEnv {
  const variables = new Map<string, Variable>()
  const remarks: Remark[] = []
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  for (const [index, written] of lines.entries()) {
    const line = index + 1
    if (/^\s*(#|$)/.test(written)) continue
    const [, before = '', name, rest = ''] = LINE.exec(written) ?? []
    if (name === undefined) {
      const column = written.search(/\S/) + 1
      remarks.push({ file, line, column, text: 'left out: the line is not NAME=value' })
      continue
    }
    const value = textOf(rest)
    if (value === undefined) return unread(file, line, before.length + name.length + 2, OPEN_QUOTE)
    variables.delete(name)
    variables.set(name, { name, text: value, file, line })
  }
  const [first] = remarks
  if (first && variables.size === 0) return unread(file, first.line, first.column, OTHER_FILE)
  return { variables: [...variables.values()], remarks, diagnostics: [] }
}

type Mistake = Pick<Diagnostic, 'message' | 'hint'>
/** Nobody can tell whether what follows is a value or the next variables. */
const OPEN_QUOTE: Mistake = {
  message: 'a quote that is opened is not closed on this line',
  hint: 'write the value on one line',
}
const OTHER_FILE: Mistake = {
  message: 'no line of the file is NAME=value',
  hint: 'is it another file?',
}

const unread = (file: string, line: number, column: number, mistake: Mistake): ReadEnv => ({
  ...{ variables: [], remarks: [] },
  diagnostics: [
    { severity: 'error', code: 'ENV_SYNTAX', path: '', ...{ file, line, column }, ...mistake },
  ],
})

const LINE = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/** Undefined where a quote is open. Behind a closing quote only a comment may stand. */
function textOf(rest: string): string | undefined {
  const quote = rest[0]
  if (quote !== '"' && quote !== "'") return rest.replace(/(^|\s)#.*$/, '').trim()
  const quoted = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/ : /^'([^']*)'\s*(#.*)?$/
  const [, inner] = quoted.exec(rest) ?? []
  return quote === '"' ? inner?.replace(/\\(["\\$`])/g, '$1') : inner
}
