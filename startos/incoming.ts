import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DATA } from './facts.ts'
import { sdk } from './sdk.ts'

/** A folder for what was sent, until it is judged: in the data, so that the container sees it. */
export interface Incoming {
  /** Writes a file, and gives its path in the container. */
  put(name: string, text: string): Promise<string>
  /** Its path here. */
  path(name: string): string
}

/** Makes such a folder, and removes it whatever came of it. */
export async function withIncoming<T>(work: (incoming: Incoming) => Promise<T>): Promise<T> {
  const parent = sdk.volumes.main.subpath('incoming')
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(parent, 'sent-'))
  const path = (name: string) => join(folder, name)
  try {
    return await work({
      path,
      async put(name, text) {
        await writeFile(path(name), text, { mode: 0o600 })
        return `${DATA}/incoming/${basename(folder)}/${name}`
      },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
