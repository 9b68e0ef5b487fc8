import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Version } from './version.ts'

const FILE = 'startos/versions/release-notes.json'

/** CHANGELOG.md is English alone: who reads another language is told so in it. */
const LEADS: Record<string, string> = {
  en_US: 'What is new:',
  de_DE: 'Was neu ist (auf Englisch):',
  es_ES: 'Novedades (en inglés):',
  fr_FR: 'Nouveautés (en anglais) :',
  pl_PL: 'Co nowego (po angielsku):',
}

/**
 * What StartOS shows of a version, from its lines of CHANGELOG.md in Markdown. Notes that somebody wrote
 * for this very version by hand stay. Returns the file, relative to `root`.
 */
export function writeReleaseNotes(root: string, version: Version, lines: string): string {
  const path = join(root, FILE)
  const { version: written } = JSON.parse(readFileSync(path, 'utf8')) as { version: Version }
  if (written === version) return FILE
  const notes = Object.entries(LEADS).map(([locale, lead]) => [locale, `${lead}\n\n${lines}`])
  const content = { version, ...Object.fromEntries(notes) }
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`)
  return FILE
}
