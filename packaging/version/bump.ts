import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notesOf, release } from './changelog.ts'
import { readPlaces, writePlaces } from './places.ts'
import { writeReleaseNotes } from './release-notes.ts'
import { nextVersion, type Version } from './version.ts'

/**
 * Raises the version of the project below `root` by a step (major, minor, patch) or to the one named:
 * CHANGELOG.md, every place of the version, StartOS's release notes. Returns the new version and the
 * files that say it. Throws in a sentence, before anything was written.
 */
export function bump(
  root: string,
  wanted: string,
  date: string,
): { version: Version; files: string[] } {
  const file = join(root, 'CHANGELOG.md')
  const version = nextVersion(readPlaces(root)[0]?.versions[0] ?? '', wanted)
  const released = release(readFileSync(file, 'utf8'), version, date)
  writeFileSync(file, released)
  const notes = writeReleaseNotes(root, version, notesOf(released, version) ?? '')
  return { version, files: ['CHANGELOG.md', ...writePlaces(root, version), notes] }
}
