import { execFileSync } from 'node:child_process'
import type { CodeBlock } from './code-blocks.ts'
import { read } from './code-blocks.ts'

/** Programs of the reader's machine, whose words nobody here can judge; the shell reads them at least. */
const ORDINARY = new Set(
  (
    'apt-get cat cd chmod cp date df docker echo free git grep install journalctl jq kill loginctl ls ' +
    'mkdir mv nvidia-smi ping printf restic rm rsync scp sed sort ssh ssh-copy-id ssh-keygen sudo ' +
    'systemctl tail tar test timedatectl umount'
  ).split(' '),
)

/**
 * What is wrong with a block of commands that no test runs: the shell cannot read it, or it names a
 * script, a command, a flag or a path of ours that there is not, or a program that is not known here.
 */
export function checkShell({ text }: Pick<CodeBlock, 'text'>, paths: readonly string[]): string[] {
  const mistakes: string[] = []
  try {
    execFileSync('sh', ['-n', '-c', text], { stdio: 'pipe' })
  } catch (error) {
    mistakes.push(String((error as { stderr: Buffer }).stderr))
  }
  for (const command of commandsOf(text)) mistakes.push(...checkCommand(command, paths))
  return mistakes
}

/** Simple commands, one a line: split at pipes and `&&`, without comments and assignments. */
const commandsOf = (text: string): string[] =>
  text
    .replaceAll('\\\n', ' ')
    .replaceAll(/'[^']*'/g, (quoted) => quoted.replaceAll(/[|;&\n#]/g, ' '))
    .replaceAll(/(^|\s)#.*$/gm, '')
    .split(/\n|\|\|?|&&|;|\$\(/)
    .map((line) => line.trim().replace(/^(\w+=\S*\s*)+/, ''))
    .filter((line) => line !== '' && !/^[)"]/.test(line))

const cli = read('core/cli.ts')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
const NPM = new Set(['install', 'ci', 'pack', 'publish', 'start', 'test'])

function checkCommand(command: string, paths: readonly string[]): string[] {
  const words = command.replaceAll(/<\S+>/g, 'X').split(/\s+/)
  const own = /^(?:npx spark-control|spark-control|node core\/main\.ts)(.*)$/.exec(command)
  if (own) return checkOwn((own[1] ?? '').trim().split(/\s+/))
  const [program = '', first = '', second = ''] = words
  if (program === 'npm') {
    const name = first === 'run' ? second : first
    const isThere = first === 'run' ? name in scripts : NPM.has(name)
    return isThere ? [] : [`npm has no ${name}`]
  }
  if (program === 'make') return isMade(first) ? [] : [`make has no ${first}`]
  if (program === 'curl') return checkCurl(command, paths)
  return ORDINARY.has(program) ? [] : [`nobody checks "${program}"`]
}

const isMade = (target: string): boolean => new RegExp(`^${target}:`, 'm').test(read('Makefile'))

/** `spark-control check topology.yaml`: the command is there, and every flag. */
function checkOwn(words: readonly string[]): string[] {
  const [name = ''] = words
  const isNamed = /^[a-z][a-z-]*$/.test(name)
  const from = isNamed ? cli.indexOf(`.command('${name}'`) : cli.indexOf(`.command('start'`)
  if (from < 0) return [`spark-control has no command ${name}`]
  const section = cli.slice(from, cli.indexOf('.action(', from))
  return words
    .filter((word) => word.startsWith('--') && !['--help', '--version'].includes(word))
    .filter((flag) => !new RegExp(`'${flag.split('=')[0]}[ ',]`).test(section))
    .map((flag) => `spark-control ${name} has no ${flag}`)
}

function checkCurl(command: string, paths: readonly string[]): string[] {
  const [, path] =
    /(?:127\.0\.0\.1:9999|\$SPARK|<[\w-]+>(?::\d+)?)(\/[^\s"'?]*)/.exec(command) ?? []
  if (path === undefined || paths.some((known) => patternOf(known).test(path))) return []
  return [`there is no path ${path}`]
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+').replaceAll('.', '\\.')}$`)
