import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A file to plant: text, or a number of bytes (sparse). */
export type Planted = string | number

export interface PlantOptions {
  commit?: string
  /** Plain files instead of links, as with HF_HUB_DISABLE_SYMLINKS. */
  withoutLinks?: boolean
  /** Names whose blob is missing. */
  dangling?: string[]
  /** Leaves refs/main alone. */
  withoutRef?: boolean
}

/** Writes one revision of a model into an HF cache, with the real layout. */
export function plantModel(
  hub: string,
  repo: string,
  files: Record<string, Planted>,
  options: PlantOptions = {},
): string {
  const commit = options.commit ?? createHash('sha1').update(repo).digest('hex')
  const folder = join(hub, `models--${repo.replaceAll('/', '--')}`)
  for (const [name, content] of Object.entries(files)) {
    const link = join(folder, 'snapshots', commit, name)
    mkdirSync(dirname(link), { recursive: true })
    if (options.withoutLinks) {
      plantFile(link, content)
      continue
    }
    const blob = join(
      folder,
      'blobs',
      createHash('sha1').update(`${repo}${commit}${name}`).digest('hex'),
    )
    const up = '../'.repeat(name.split('/').length + 1)
    symlinkSync(`${up}blobs/${blob.slice(blob.lastIndexOf('/') + 1)}`, link)
    if (!options.dangling?.includes(name)) plantFile(blob, content)
  }
  if (!options.withoutRef) plantFile(join(folder, 'refs', 'main'), commit)
  return folder
}

/** Writes a file; a number makes a sparse file of that many bytes. */
export function plantFile(path: string, content: Planted, ageS = 0): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : '')
  if (typeof content === 'number') truncateSync(path, content)
  const at = Date.now() / 1000 - ageS
  utimesSync(path, at, at)
}

/** Removes what was planted. */
export function uproot(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Runs a script on a shell's standard input, as SSH hosts do. */
export function runScript(
  shell: string[],
  script: string,
  args: string[],
  env: Record<string, string>,
): string {
  const [command = 'sh', ...first] = shell
  return execFileSync(command, [...first, '-s', '--', ...args], {
    input: `{\n${script}\n} </dev/null\n`,
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
}
