import type { Diagnostic } from '../topology/topology.ts'

/** A variable of a .env file. */
export interface Variable {
  name: string
  text: string
  file: string
  line: number
}

/**
 * Reads a .env file: `NAME=value`, quoted or not, `export` in front or not; of a name given twice the
 * last counts, as in a shell. Values are never quoted in a diagnostic.
 */
export function readEnv(
  file: string,
  text: string,
): { variables: Variable[]; diagnostics: Diagnostic[] } {
  const variables = new Map<string, Variable>()
  const diagnostics: Diagnostic[] = []
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const [, before = '', name, rest = ''] = LINE.exec(line) ?? []
    const value = name === undefined ? undefined : textOf(rest)
    if (name !== undefined && typeof value === 'string') {
      variables.delete(name)
      variables.set(name, { name, text: value, file, line: index + 1 })
      continue
    }
    const isQuote = name !== undefined
    diagnostics.push({
      ...{ severity: 'error', code: 'ENV_SYNTAX', path: '', file, line: index + 1 },
      column: isQuote ? before.length + name.length + 2 : line.search(/\S/) + 1,
      message: isQuote ? 'a quote that is opened is not closed on this line' : 'is not NAME=value',
      hint: isQuote ? 'write the value on one line' : 'put # before a line that is a comment',
    })
  }
  return { variables: [...variables.values()], diagnostics }
}

const LINE = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/** Undefined where a quote is open. Behind a closing quote only a comment may stand. */
function textOf(rest: string): string | undefined {
  const quote = rest[0]
  if (quote !== '"' && quote !== "'") return rest.replace(/(^|\s)#.*$/, '').trim()
  const quoted = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(#.*)?$/ : /^'([^']*)'\s*(#.*)?$/
  const [, inner] = quoted.exec(rest) ?? []
  return quote === '"' ? inner?.replace(/\\(["\\$`])/g, '$1') : inner
}
