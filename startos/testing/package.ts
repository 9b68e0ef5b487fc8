import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdk } from '../sdk.ts'

// File models take their path when they are made, so the volumes move before anything else is loaded.
const folder = mkdtempSync(join(tmpdir(), 'startos-volumes-'))
for (const volume of Object.values(sdk.volumes))
  Object.assign(volume, { path: join(folder, volume.id) })

/** The package as StartOS loads it, on volumes of its own. */
export const startos = await import('../index.ts')

/** Volumes as they are after an installation. */
export function emptyVolumes(): void {
  rmSync(folder, { recursive: true, force: true })
  for (const volume of Object.values(sdk.volumes)) mkdirSync(volume.path, { recursive: true })
}

export const removeVolumes = (): void => rmSync(folder, { recursive: true, force: true })

/** Where a file of a volume lies. */
export const fileOf = (volume: 'main' | 'startos', name: string): string =>
  sdk.volumes[volume].subpath(name)
