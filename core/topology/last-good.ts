import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../store/write-file-atomic.ts'

/** The copy's name in the data folder. */
export const LAST_GOOD_FILE = 'last-good.yaml'

/** Keeps a topology that passed every check, placeholders unresolved, for a start with a bad file. */
export async function keepLastGood(dataDir: string, text: string): Promise<void> {
  const path = join(dataDir, LAST_GOOD_FILE)
  if ((await readLastGood(dataDir)) !== text) await writeFileAtomic(path, text)
}

/** The copy, or undefined if there never was one. Throws what else the disk says. */
export async function readLastGood(dataDir: string): Promise<string | undefined> {
  try {
    return await readFile(join(dataDir, LAST_GOOD_FILE), 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}
