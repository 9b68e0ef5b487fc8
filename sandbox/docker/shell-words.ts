/** A simple command of a shell line: its words, the variables before it, where its output goes. */
export interface SimpleCommand {
  words: string[]
  env: Record<string, string>
  redirects: string[]
}

/**
 * Parses the plain lines people put behind `bash -c`: quotes, backslashes, `K=V`, `export`, `&&`,
 * `;`, redirections. Undefined when the line needs a real shell (`$(`, pipes, …).
 */
export function parseShell(line: string): SimpleCommand[] | undefined {
  const tokens = tokenize(line.replace(/\\\n/g, ' '))
  if (!tokens) return undefined
  const commands: SimpleCommand[] = []
  let exported: Record<string, string> = {}
  let command: SimpleCommand = { words: [], env: {}, redirects: [] }
  const finish = () => {
    if (command.words[0] === 'export') {
      for (const word of command.words.slice(1)) assign(exported, word)
    } else if (command.words.length > 0) {
      commands.push({ ...command, env: { ...exported, ...command.env } })
    } else {
      exported = { ...exported, ...command.env }
    }
    command = { words: [], env: {}, redirects: [] }
  }
  for (let at = 0; at < tokens.length; at += 1) {
    const { text, isOperator } = tokens[at] ?? { text: '', isOperator: true }
    if (isOperator && /^\d?[<>]/.test(text)) {
      const target = /&\d$/.test(text) ? '' : (tokens[++at]?.text ?? '')
      command.redirects.push(`${text}${target}`)
    } else if (isOperator) finish()
    else if (command.words.length === 0 && /^[A-Za-z_]\w*=/.test(text)) assign(command.env, text)
    else command.words.push(text)
  }
  finish()
  return commands
}

/** A word as bash's `printf %q` writes it. */
export function quoteWord(word: string): string {
  if (word === '') return "''"
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what $'…' is for
  if (/[\x00-\x1f\x7f]/.test(word)) {
    return `$'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`
  }
  return word.replace(/[ !"#$&'()*,;<>?[\\\]^`{|}]/g, '\\$&').replace(/^~/, '\\~')
}

interface Token {
  text: string
  isOperator: boolean
}

function tokenize(line: string): Token[] | undefined {
  const tokens: Token[] = []
  let word: string | undefined
  const endWord = () => {
    if (word !== undefined) tokens.push({ text: word, isOperator: false })
    word = undefined
  }
  for (let at = 0; at < line.length; at += 1) {
    const rest = line.slice(at)
    const operator = /^(&&|;|\n|\d?>>?&\d|\d?>>|\d?>|<)/.exec(rest)?.[0]
    if (operator && (word === undefined || !/^\d/.test(operator))) {
      endWord()
      tokens.push({ text: operator, isOperator: true })
      at += operator.length - 1
      continue
    }
    const char = rest.charAt(0)
    if (/\s/.test(char)) endWord()
    else if (char === '#' && word === undefined) {
      at += /[^\n]*/.exec(rest)?.[0].length ?? 0
      at -= 1
    } else if (/[|`(]/.test(char) || rest.startsWith('$(') || char === '&') return undefined
    else if (char === "'" || rest.startsWith("$'") || char === '"') {
      const quoted = readQuoted(rest)
      if (!quoted) return undefined
      word = (word ?? '') + quoted.text
      at += quoted.length - 1
    } else if (char === '\\') {
      word = (word ?? '') + rest.charAt(1)
      at += 1
    } else word = (word ?? '') + char
  }
  endWord()
  return tokens
}

function readQuoted(text: string): { text: string; length: number } | undefined {
  const single = /^'([^']*)'/.exec(text)
  if (single) return { text: single[1] ?? '', length: single[0].length }
  const ansi = /^\$'((?:[^'\\]|\\.)*)'/s.exec(text)
  if (ansi) {
    const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' }
    const plain = (ansi[1] ?? '').replace(/\\(.)/gs, (_all, char: string) => escapes[char] ?? char)
    return { text: plain, length: ansi[0].length }
  }
  const double = /^"((?:[^"\\]|\\.)*)"/s.exec(text)
  if (!double || /\$\(|`/.test(double[1] ?? '')) return undefined
  return { text: (double[1] ?? '').replace(/\\([$`"\\])/g, '$1'), length: double[0].length }
}

function assign(env: Record<string, string>, word: string): void {
  const at = word.indexOf('=')
  if (at > 0) env[word.slice(0, at)] = word.slice(at + 1)
}
