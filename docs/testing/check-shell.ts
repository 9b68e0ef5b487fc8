import { execFileSync } from 'node:child_process'
import type { CodeBlock } from './code-blocks.ts'

/** Programs of the reader's machine, for blocks that only such a machine can run; the shell reads them at least. */
const ORDINARY = new Set(['apt-get', 'docker'])

/**
 * What is wrong with a block of commands that no test runs: the shell cannot read it, or it names a program
 * that a test could run.
 */
export function checkShell({ text }: Pick<CodeBlock, 'text'>): string[] {
  const mistakes: string[] = []
  try {
    execFileSync('sh', ['-n', '-c', text], { stdio: 'pipe' })
  } catch (error) {
    mistakes.push(String((error as { stderr: Buffer }).stderr))
  }
  const programs = commandsOf(text).map((command) => command.split(/\s+/)[0] ?? '')
  for (const program of programs.filter((each) => !ORDINARY.has(each)))
    mistakes.push(`no test runs "${program}": name the block for one`)
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
