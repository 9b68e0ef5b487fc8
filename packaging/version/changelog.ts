/** Headings of CHANGELOG.md: `## Unreleased`, then `## 1.2.3 (2026-11-28)`, newest first. */
const UNRELEASED = '## Unreleased\n'

/** Moves what is unreleased to `version`, released on `date` (YYYY-MM-DD). Throws where there is nothing to release. */
export function release(changelog: string, version: string, date: string): string {
  if (!changelog.includes(UNRELEASED)) throw new Error('CHANGELOG.md has no "## Unreleased"')
  if (notesOf(changelog, version) !== undefined)
    throw new Error(`CHANGELOG.md has ${version} already: it is released`)
  if (!notesOf(changelog, 'Unreleased'))
    throw new Error('CHANGELOG.md says nothing of what is new: write it under "## Unreleased"')
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n## ${version} (${date})\n`)
}

/** What CHANGELOG.md says of a version, without its heading: its release notes. Undefined for one it has not. */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1)
  const found = sections.find((section) => section.split(/[ \n]/, 1)[0] === version)
  return found?.slice(found.indexOf('\n') + 1).trim()
}
