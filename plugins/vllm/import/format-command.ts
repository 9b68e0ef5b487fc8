import type { Located, Notes } from './notes.ts'

/** A text with the file's line of each of its characters. */
export interface LinedText {
  text: string
  lineAt: number[]
}

/**
 * Fills `{name}` from the defaults and turns `{{` and `}}` into braces, as Python's str.format does;
 * its other forms (`{0}`, `{a.b}`, `{a!r}`, `{a:>5}`) have no use in a command and are mistakes.
 */
export function formatCommand(
  command: { text: string; lines: number[] },
  defaults: ReadonlyMap<string, Located>,
  notes: Notes,
): LinedText {
  const lineAt: number[] = []
  let text = ''
  const add = (more: string, line: number) => {
    text += more
    for (let i = 0; i < more.length; i++) lineAt.push(line)
  }
  for (const [index, templateLine] of command.text.split('\n').entries()) {
    const line = command.lines[index] ?? 1
    if (index > 0) add('\n', line)
    for (const [part, name] of templateLine.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g)) {
      if (part === '{{' || part === '}}') add(part.charAt(0), line)
      else if (name !== undefined) add(fill(name, line), line)
      else if (part === '{' || part === '}') {
        notes.mistakes.push({ line, message: `a single "${part}": a literal one is doubled` })
      } else add(part, line)
    }
  }
  return { text, lineAt }

  function fill(name: string, line: number): string {
    const value = defaults.get(name)
    if (value) return value.text
    const message = /^\w+$/.test(name)
      ? `{${name}} has no value in defaults`
      : `{${name.slice(0, 40)}} is not a name; a literal brace is doubled`
    notes.mistakes.push({ line, message })
    return ''
  }
}
