import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { notesOf, release } from './changelog.ts'
import { bumpWrapper, readPlaces, writePlaces } from './places.ts'
import { nextVersion } from './version.ts'

const USAGE = `npm run bump -- major | minor | patch | X.Y.Z   a new version, everywhere, and in CHANGELOG.md
npm run bump -- startos                         a change of the StartOS wrapper alone
npm run bump -- notes [X.Y.Z]                   release notes, from CHANGELOG.md
`
const root = join(import.meta.dirname, '../..')
const changelogFile = join(root, 'CHANGELOG.md')
const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  run(...process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}

function run(what?: string, version?: string): void {
  if (what === undefined) throw new Error('which version?')
  const changelog = readFileSync(changelogFile, 'utf8')
  const current = readPlaces(root)[0]?.versions[0] ?? ''
  if (what === 'notes') {
    const notes = notesOf(changelog, version ?? current)
    if (notes === undefined) throw new Error(`CHANGELOG.md has no ${version ?? current}`)
    say(notes)
  } else if (what === 'startos') say(bumpWrapper(root))
  else {
    const next = nextVersion(current, what)
    // first what may refuse, then what writes
    const released = release(changelog, next, new Date().toISOString().slice(0, 10))
    writeFileSync(changelogFile, released)
    for (const file of [...writePlaces(root, next), 'CHANGELOG.md']) say(`${file}: ${next}`)
    // a data folder as this version leaves it, for every later one to be tested on
    const keep = join(root, 'core/store/testing/keep-data.ts')
    execFileSync(process.execPath, [keep, next], { stdio: 'inherit' })
    say(`\ngit add --all && git commit --message "release: ${next}" && git tag v${next}`)
  }
}
