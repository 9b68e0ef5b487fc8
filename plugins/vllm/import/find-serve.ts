import type { Located, Notes } from './notes.ts'

/** The `vllm serve` of a script, and what was set for it before. */
export interface FoundServe {
  /** The words after `vllm serve`. */
  words: Located[]
  env: Map<string, Located>
}

/** Finds the one command that is carried over; `export A=1` and `A=1 vllm serve` become its environment. */
export function findServe(commands: readonly Located[][], notes: Notes): FoundServe {
  const found: FoundServe = { words: [], env: new Map() }
  let isFound = false
  for (const command of commands) {
    const rest = takeEnv(command, found.env)
    const [first, second] = rest[0]?.text === 'exec' ? rest.slice(1) : rest
    if (!first) continue
    const line = first.line
    if (first.text === 'vllm' && second?.text === 'serve') {
      if (isFound) notes.mistakes.push({ line, message: 'a second vllm serve: only one is read' })
      else found.words = rest.slice(rest.indexOf(second) + 1)
      isFound = true
    } else {
      const what = rest.map(({ text }) => text).join(' ')
      notes.dropped.push({
        line,
        what: what.length > 120 ? `${what.slice(0, 119)}…` : what,
        because: 'a command of its own; only vllm serve is carried over',
      })
    }
  }
  const line = commands[0]?.[0]?.line ?? 1
  if (!isFound) notes.mistakes.push({ line, message: 'command has no vllm serve' })
  return found
}

/** Takes `NAME=value` words from the front, and all of an `export`. */
function takeEnv(command: readonly Located[], env: Map<string, Located>): Located[] {
  const isExport = command[0]?.text === 'export'
  const words = command.slice(isExport ? 1 : 0)
  while (words[0]) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(words[0].text) ?? []
    if (name === undefined) break
    env.set(name, { text: value, line: words[0].line })
    words.shift()
  }
  return isExport && words.length > 0 ? [...command.slice(0, 1), ...words] : words
}
