import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { DATA } from './facts.ts'
import { sdk } from './sdk.ts'

/** What was sent lies in the data until it is judged, so that the container sees it; then it is removed. */
const createName = (): string => `.incoming-${randomUUID()}`
const here = (name: string): string => sdk.volumes.main.subpath(name)

/**
 * Writes a text beside the file it is meant to replace, since paths in it count from there. `judge` gets
 * its path in the container; if that does not throw, it takes the file's place, in one step.
 */
export async function replaceFile<T>(
  name: string,
  text: string,
  judge: (path: string) => Promise<T>,
): Promise<T> {
  const incoming = createName()
  try {
    await writeFile(here(incoming), text, { mode: 0o600 })
    const judged = await judge(`${DATA}/${incoming}`)
    await rename(here(incoming), here(name))
    return judged
  } finally {
    await rm(here(incoming), { force: true })
  }
}

/** Writes files by their names, and gives `work` their paths in the container. */
export async function withFiles<T>(
  files: readonly { name: string; text: string }[],
  work: (paths: string[]) => Promise<T>,
): Promise<T> {
  const folder = createName()
  try {
    await mkdir(here(folder), { mode: 0o700 })
    for (const { name, text } of files)
      await writeFile(here(`${folder}/${name}`), text, { mode: 0o600 })
    return await work(files.map(({ name }) => `${DATA}/${folder}/${name}`))
  } finally {
    await rm(here(folder), { recursive: true, force: true })
  }
}
