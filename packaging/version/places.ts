import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `version: 'X.Y.Z:N'` stands there. */
const STARTOS = 'startos/versions/current.ts'

/** Where the version stands: in each file every match of the pattern, whose first group it is. */
const PLACES: readonly { file: string; pattern: RegExp; matches: number }[] = [
  { file: 'package.json', pattern: /(?<=^ {2}"version": ")([^"]+)/gm, matches: 1 },
  {
    file: 'package-lock.json',
    pattern: /(?<="name": "spark-control",\s+"version": ")([^"]+)/g,
    matches: 2,
  },
  { file: 'Dockerfile', pattern: /(?<=^ARG VERSION=)(\S+)/gm, matches: 1 },
  { file: STARTOS, pattern: /(?<=^\s*version: ')([^':]+)/gm, matches: 1 },
]

/** Every place of the version below `root`, with what it says. A file that is not there has none. */
export function readPlaces(root: string): { file: string; versions: string[]; matches: number }[] {
  return PLACES.filter(({ file }) => existsSync(join(root, file))).map(
    ({ file, pattern, matches }) => ({
      file,
      versions: [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([all]) => all),
      matches,
    }),
  )
}

/** Writes `version` in every place; the wrapper's own count begins again at 0. */
export function writePlaces(root: string, version: string): string[] {
  const written = readPlaces(root).map(({ file }) => file)
  for (const { file, pattern } of PLACES) {
    if (!written.includes(file)) continue
    const text = readFileSync(join(root, file), 'utf8').replace(pattern, version)
    writeFileSync(join(root, file), file === STARTOS ? setWrapper(text, () => 0) : text)
  }
  return written
}

/** A change of the StartOS wrapper alone: `X.Y.Z:N` becomes `X.Y.Z:N+1`. Returns the new one. */
export function bumpWrapper(root: string): string {
  const path = join(root, STARTOS)
  if (!existsSync(path)) throw new Error(`there is no ${STARTOS}`)
  const text = setWrapper(readFileSync(path, 'utf8'), (n) => n + 1)
  writeFileSync(path, text)
  return /version: '([^']+)'/.exec(text)?.[1] ?? ''
}

const setWrapper = (text: string, next: (n: number) => number): string =>
  text.replace(
    /(version: '[^':]+:)(\d+)/,
    (_all, head: string, n: string) => head + next(Number(n)),
  )
