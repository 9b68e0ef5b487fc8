import { execFileSync } from 'node:child_process'
import type { CodeBlock } from './code-blocks.ts'
import { read } from './code-blocks.ts'

/** Programs of the reader's machine, for blocks that only such a machine can run; the shell reads them at least. */
const ORDINARY = new Set(['apt-get', 'docker'])

/**
 * What is wrong with a block of commands that no test runs: the shell cannot read it, it names a script
 * that there is not, or a program that a test could run.
 */
export function checkShell({ text }: Pick<CodeBlock, 'text'>): string[] {
  const mistakes: string[] = []
  try {
    execFileSync('sh', ['-n', '-c', text], { stdio: 'pipe' })
  } catch (error) {
    mistakes.push(String((error as { stderr: Buffer }).stderr))
  }
  for (const command of commandsOf(text)) mistakes.push(...checkCommand(command))
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

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
const NPM = new Set(['ci', 'test'])

function checkCommand(command: string): string[] {
  const [program = '', first = '', second = ''] = command.split(/\s+/)
  if (program === 'npm') {
    const name = first === 'run' ? second : first
    const isThere = first === 'run' ? name in scripts : NPM.has(name)
    return isThere ? [] : [`npm has no ${name}`]
  }
  if (program === 'make') return isMade(first) ? [] : [`make has no ${first}`]
  return ORDINARY.has(program) ? [] : [`no test runs "${program}": name the block for one`]
}

const isMade = (target: string): boolean => new RegExp(`^${target}:`, 'm').test(read('Makefile'))
