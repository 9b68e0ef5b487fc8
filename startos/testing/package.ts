import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdk } from '../sdk.ts'

// File models take their path when they are made, so the volumes move before anything else is loaded.
const folder = join(tmpdir(), `startos-volumes-${randomUUID()}`)
for (const volume of Object.values(sdk.volumes))
  Object.assign(volume, { path: join(folder, volume.id) })

// At the very end: what watches files for a package that has ended may yet be about to begin.
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

// A watch that begins in the moment its volume is removed complains; nobody waits for it any more.
const { error } = console
console.error = (...args: unknown[]): void => {
  const [first] = args as [{ code?: string; path?: string } | undefined]
  if (first?.code !== 'ENOENT' || !first.path?.startsWith(folder)) error(...args)
}

/** The package as StartOS loads it, on volumes of its own. */
export const startos = await import('../index.ts')

/** Volumes as they are after an installation. */
export function emptyVolumes(): void {
  rmSync(folder, { recursive: true, force: true })
  for (const volume of Object.values(sdk.volumes)) mkdirSync(volume.path, { recursive: true })
}

/** Where a file of a volume lies. */
export const fileOf = (volume: 'main' | 'startos', name: string): string =>
  sdk.volumes[volume].subpath(name)
