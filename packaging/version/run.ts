import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bump } from './bump.ts'
import { notesOf } from './changelog.ts'
import { bumpWrapper, readPlaces } from './places.ts'

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
  if (what === 'notes') {
    const wanted = version ?? readPlaces(root)[0]?.versions[0] ?? ''
    const notes = notesOf(readFileSync(changelogFile, 'utf8'), wanted)
    if (notes === undefined) throw new Error(`CHANGELOG.md has no ${wanted}`)
    say(notes)
  } else if (what === 'startos') say(bumpWrapper(root))
  else {
    const { version: next, files } = bump(root, what, new Date().toISOString().slice(0, 10))
    for (const file of files) say(`${file}: ${next}`)
    // a data folder as this version leaves it, for every later one to be tested on
    const keep = join(root, 'core/store/testing/keep-data.ts')
    execFileSync(process.execPath, [keep, next], { stdio: 'inherit' })
    say(`\ngit add --all && git commit --message "release: ${next}" && git tag v${next}`)
  }
}
