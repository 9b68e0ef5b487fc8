import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadCatalog } from '../catalog.ts'
import { ControlError } from '../errors.ts'
import { formatDiagnostics } from '../topology/format.ts'
import { importAll, type OldFiles } from './import-all.ts'
import { report } from './report.ts'
import { type ToWrite, writeFiles } from './write-files.ts'

export interface ImportFlags {
  models?: string
  overrides?: string
  env?: string
  /** Where the topology goes. */
  out: string
  /** The controller's data folder; recipes are saved there. */
  data: string
  /** Replaces files that are there, each kept under another name. */
  force: boolean
  /** Prints instead of writing. */
  dryRun: boolean
}

/** Takes `read` files over. False if they have mistakes; then nothing is written. */
export async function importOld(
  flags: ImportFlags,
  read: (file: string) => Promise<string>,
  out: { print(text: string): void; note(text: string): void },
): Promise<boolean> {
  const named = ['models', 'overrides', 'env'] as const
  if (named.every((name) => flags[name] === undefined))
    throw new ControlError('BAD_REQUEST', 'there is nothing to import', {
      hint: 'name at least one of --models, --overrides and --env',
    })
  const files: OldFiles = {}
  for (const name of named) {
    const file = flags[name]
    if (file !== undefined) files[name] = { file, text: await read(file) }
  }
  const result = importAll(files, await loadCatalog(), process.env)
  if (result.diagnostics.length > 0) {
    out.print(formatDiagnostics(result.diagnostics))
    return false
  }
  const all: ToWrite[] = [
    { file: flags.out, text: result.topology },
    ...result.recipes.map(({ kind, key, text }) => ({
      file: join(flags.data, 'recipes', kind, `${key}.yaml`),
      text,
    })),
  ]
  // what is there already as it would be written needs no backup and no --force
  const changed = all.filter(
    ({ file, text }) => !existsSync(file) || readFileSync(file, 'utf8') !== text,
  )
  if (flags.dryRun) for (const { file, text } of all) out.print(`# --- ${file}\n${text}\n`)
  out.note(report(result))
  if (!flags.dryRun) out.note(writeFiles(changed, flags.force))
  return true
}
