/** A mistake in a `--format`, worded like docker's, with docker's exit status for it. */
export class FormatError extends Error {
  readonly status: number
  constructor(message: string, status = 64) {
    super(`template parsing error: ${message}`)
    this.status = status
  }
}

type Node =
  | { text: string }
  | { path: string; isJson: boolean }
  | { condition: string; yes: Node[]; no: Node[] }

/**
 * Renders the part of Go's template language that people use with docker: `{{.A.B}}`,
 * `{{json .A}}`, `{{if .A}}…{{else}}…{{end}}`.
 */
export function formatGo(template: string, value: unknown): string {
  const tokens = template.split(/(\{\{.*?\}\})/s).filter((token) => token !== '')
  const { nodes } = parse(tokens, 0, false)
  return render(nodes, value)
}

function parse(tokens: string[], from: number, isInside: boolean): { nodes: Node[]; next: number } {
  const nodes: Node[] = []
  let at = from
  while (at < tokens.length) {
    const token = tokens[at] ?? ''
    at += 1
    if (!token.startsWith('{{')) {
      nodes.push({ text: token })
      continue
    }
    const action = token
      .slice(2, -2)
      .replace(/^-\s|\s-$/g, '')
      .trim()
    if (action === 'end' || action === 'else') {
      if (!isInside) throw new FormatError(`template: :1: unexpected {{${action}}}`)
      return { nodes, next: at - 1 }
    }
    const condition = /^if (\.\S*)$/.exec(action)?.[1]
    if (condition !== undefined) {
      const yes = parse(tokens, at, true)
      at = yes.next + 1
      let no: Node[] = []
      if (tokens[yes.next] !== '{{end}}') {
        const other = parse(tokens, at, true)
        no = other.nodes
        at = other.next + 1
      }
      nodes.push({ condition, yes: yes.nodes, no })
      continue
    }
    const json = /^json (\.\S*)$/.exec(action)?.[1]
    if (json !== undefined) nodes.push({ path: json, isJson: true })
    else if (/^\.\S*$/.test(action)) nodes.push({ path: action, isJson: false })
    else {
      const name = /^\w+/.exec(action)?.[0] ?? action
      throw new FormatError(`template: :1: function "${name}" not defined`)
    }
  }
  if (isInside) throw new FormatError('template: :1: unexpected EOF')
  return { nodes, next: at }
}

function render(nodes: readonly Node[], value: unknown): string {
  return nodes
    .map((node) => {
      if ('text' in node) return node.text
      if ('condition' in node) {
        return render(isTrue(find(value, node.condition, true)) ? node.yes : node.no, value)
      }
      const found = find(value, node.path, false)
      if (node.isJson) return JSON.stringify(found ?? null)
      return show(found)
    })
    .join('')
}

function find(value: unknown, path: string, isOptional: boolean): unknown {
  let at = value
  let column = 2
  for (const name of path.split('.').slice(1)) {
    if (name === '') break // the dot alone: the value itself
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) {
      if (isOptional) return undefined
      throw new FormatError(
        `template: :1:${column}: executing "" at <${path}>: map has no entry for key "${name}"`,
        1,
      )
    }
    at = (at as Record<string, unknown>)[name]
    column += name.length + 1
  }
  return at
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return Boolean(value)
}

/** As Go prints with %v. */
function show(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, each]) => `${key}:${show(each)}`)
    return `map[${pairs.join(' ')}]`
  }
  return String(value)
}
