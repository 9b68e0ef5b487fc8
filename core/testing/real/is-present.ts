import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Program → the Debian package it comes in, where the name is another one. */
const PACKAGES: Record<string, string> = {
  busybox: 'busybox-static',
  'ssh-keygen': 'openssh-client',
  pocketsphinx_continuous: 'pocketsphinx pocketsphinx-en-us',
}

/**
 * Whether a program that only some tests need is on this machine. If not, one line says so; where CI
 * runs, that is an error.
 */
export function isPresent(program: string): boolean {
  const isThere = (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
  if (isThere) return true
  const line = `${program} is missing (Debian: apt-get install ${PACKAGES[program] ?? program})`
  if (process.env.CI === 'true') throw new Error(line)
  console.warn(`skipped: what needs ${program}, since ${line}`)
  return false
}
