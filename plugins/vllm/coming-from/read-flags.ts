import { findServe } from '../import/find-serve.ts'
import { createNotes, type Located } from '../import/notes.ts'
import { readValue, type ServeField, translateCommand } from '../import/translate-command.ts'
import { FLAG_NAMES } from './fields.ts'
import { type LauncherWords, readLauncher } from './read-launcher.ts'
import { readWords } from './read-words.ts'
import { isScalar, isThere, type Reading } from './reading.ts'

/** What the launch of an entry said. */
export interface Flags {
  values: Map<ServeField, string | number>
  args: string[]
  env: Record<string, string>
  /** What `vllm serve` was to serve. */
  model?: string
  launcher?: LauncherWords
}

/** Reads the command, the flags beside it, and fields that are flags; an override counts first, then a command. */
export function readFlags(reading: Reading): Flags {
  const notes = createNotes()
  const env: Flags['env'] = {}
  const { launcher, serve } = readCommand(reading, (name, text) => {
    env[name] = text
  })
  const words = [...serve, ...wordsIn('args', reading).flat()]
  const command = translateCommand(words, notes)
  for (const { what, because } of notes.dropped) reading.notes.push({ text: `${what}: ${because}` })
  for (const { message } of notes.mistakes) reading.notes.push({ text: message })
  const values = new Map([...command.fields].map(([field, { value }]) => [field, value]))
  for (const [field, names] of Object.entries(FLAG_NAMES) as [ServeField, string[]][]) {
    const given = reading.take(names, isScalar)
    if (given === undefined) continue
    // numbers in quotes, as old files have them
    const value = typeof given === 'string' ? readValue(field, given) : given
    const said = values.get(field)
    const isOverride = names.some((name) => reading.overridden.has(name))
    if (said === undefined || isOverride) values.set(field, value)
    else if (said !== value)
      reading.notes.push({ text: `${field} is ${value}, its command says ${said}: that counts` })
  }
  return {
    ...{ values, env, args: command.args.map(({ text }) => text) },
    ...(command.model && { model: command.model.text }),
    ...(launcher && { launcher }),
  }
}

/** The words behind `vllm serve`, from a whole command line or from flags alone. */
function readCommand(reading: Reading, addEnv: (name: string, text: string) => void) {
  const commands = wordsIn('command', reading)
  const launched = commands.flatMap((words) => readLauncher(words) ?? [])
  const [launcher] = launched
  const inner = launcher ? [launcher.command] : commands
  for (const words of launcher ? commands.filter((each) => !readLauncher(each)) : [])
    reading.notes.push({
      text: `${spoken(words.map(({ text }) => text).join(' '))}: a command beside the launcher; its folder is launcher_dir of the service`,
    })
  for (const what of launcher?.dropped ?? [])
    reading.notes.push({ text: `${what}: an option of the launcher that is not carried over` })
  if (inner.length === 0) return { launcher, serve: [] }
  const [first] = inner
  // flags without a program in front
  if (inner.length === 1 && first?.[0]?.text.startsWith('--')) return { launcher, serve: first }
  const notes = createNotes()
  const { words, env } = findServe(inner, notes)
  for (const [name, { text }] of env) addEnv(name, text)
  for (const { what, because } of notes.dropped)
    reading.notes.push({ text: `${spoken(what)}: ${because}` })
  for (const { message } of notes.mistakes) reading.notes.push({ text: message })
  return { launcher, serve: words }
}

/** What a command is called, for it may hold a secret; where it goes is worth knowing. */
const spoken = (command: string): string =>
  /^cd [\w~./-]+$/.exec(command)?.[0] ?? `${/^[\w./-]*/.exec(command)?.[0]} …`

function wordsIn(name: 'command' | 'args', reading: Reading): Located[][] {
  const before = new Set(reading.understood)
  const value = reading.take(name, isThere)
  if (value === undefined) return []
  const found = readWords(value, reading.fields)
  if ('commands' in found) return found.commands
  const [field] = [...reading.understood].filter((each) => !before.has(each))
  if (field !== undefined) reading.understood.delete(field)
  reading.notes.push({ ...(field !== undefined && { field }), text: found.why })
  return []
}
