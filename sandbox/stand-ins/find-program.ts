import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where a program of this system lies; undefined if it has none. */
export function findProgram(name: string): string | undefined {
  const files = ['/usr/local/bin', '/usr/bin', '/bin'].map((folder) => join(folder, name))
  return files.find((file) => existsSync(file))
}
