import type { Located } from '../import/notes.ts'
import { ENV_KEY, ENV_VALUE } from '../recipe/patterns.ts'

/** What stood before the command proper: the options of launch-cluster.sh. */
export interface LauncherWords {
  isSolo: boolean
  /** Machines listed with -n. */
  nodes?: number
  image?: string
  env: Record<string, string>
  mods: string[]
  /** Options that are not carried over, as they were written. */
  dropped: string[]
  /** The words after `exec`. */
  command: Located[]
}

const WITH_VALUE = new Set([
  ...['-n', '--nodes', '-t', '-e', '--env', '-v', '--volume', '-p', '--publish', '--name', '-j'],
  ...['--eth-if', '--ib-if', '--apply-mod', '--apply-vllm-pr', '--config', '--launch-script'],
  ...['--master-port', '--head-port', '--earlyoom-args'],
  ...['--mem-limit-gb', '--mem-swap-limit-gb', '--pids-limit', '--shm-size-gb'],
])

/** Options every launch here has anyway. */
const IMPLIED = new Set(['-d', '--no-ray', '--name', '--'])

/** Reads `launch-cluster.sh [options] exec COMMAND`; undefined if the words are no such call. */
export function readLauncher(words: readonly Located[]): LauncherWords | undefined {
  const start = words.findIndex(({ text }) => /(^|\/)launch-cluster\.sh$/.test(text))
  const exec = words.findIndex(({ text }, at) => at > start && text === 'exec')
  if (start < 0 || exec < 0) return undefined
  const found: LauncherWords = {
    ...{ isSolo: false, env: {}, mods: [], dropped: [] },
    command: words.slice(exec + 1),
  }
  for (const { text } of words.slice(0, start)) found.dropped.push(nameIn(text))
  for (let at = start + 1; at < exec; at++) {
    const option = words[at]?.text ?? ''
    const value = WITH_VALUE.has(option) ? (words[++at]?.text ?? '') : undefined
    take(option, value, found)
  }
  return found
}

function take(option: string, value: string | undefined, found: LauncherWords): void {
  const [, name = '', text = ''] = /^([^=]*)=(.*)$/s.exec(value ?? '') ?? []
  const isEnv = option === '-e' || option === '--env'
  if (option === '--solo') found.isSolo = true
  else if (option === '-n' || option === '--nodes')
    found.nodes = (value ?? '').split(',').filter(Boolean).length
  else if (option === '-t' && value) found.image = value
  else if (option === '--apply-mod' && value) found.mods.push(value)
  else if (isEnv && new RegExp(ENV_KEY).test(name) && new RegExp(ENV_VALUE).test(text))
    found.env[name] = text
  else if (isEnv) found.dropped.push(`${option} ${name || 'a variable'}`)
  else if (!IMPLIED.has(option)) found.dropped.push([nameIn(option), value ?? []].flat().join(' '))
}

/** Without what is set by it, which may be a secret. */
const nameIn = (word: string): string => word.replace(/=.*$/s, '=…')
