import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatDiagnostics } from './format.ts'
import { MISTAKES } from './mistakes.ts'
import { loadText } from './testing/load.ts'

// One file a mistake, named after it: the topology, a line of dashes, and what is printed for it.
// For a new case write the topology and the dashes, run with -u once, and read what was added.
const FOLDER = join(import.meta.dirname, 'testdata')
const DASHES = '----------\n'
const cases = readdirSync(FOLDER).map((name) => basename(name, '.txt'))

const topologyOf = (name: string): string =>
  readFileSync(join(FOLDER, `${name}.txt`), 'utf8').split(DASHES)[0] ?? ''
const load = (name: string) => loadText(topologyOf(name), { file: `${name}.yaml` })

describe('the mistake', () => {
  it.each(cases)('%s is answered with place, cause and way out', async (name) => {
    const { topology, diagnostics } = load(name)
    expect(diagnostics).not.toEqual([])
    expect(topology === null).toBe(diagnostics.some(({ severity }) => severity === 'error'))
    await expect(topologyOf(name) + DASHES + formatDiagnostics(diagnostics)).toMatchFileSnapshot(
      join(FOLDER, `${name}.txt`),
    )
  })

  it('of every code the core has is among them', () => {
    const elsewhere = [
      'FILE_NOT_UTF8',
      'FILE_TOO_LARGE',
      'FILE_UNREADABLE',
      'KIND_CHECK_FAILED',
      'PLUGIN_BROKEN',
      'TOO_MANY_MISTAKES',
    ]
    const seen = new Set(cases.flatMap((name) => load(name).diagnostics.map(({ code }) => code)))
    const unseen = Object.keys(MISTAKES).filter((code) => !seen.has(code))
    expect(unseen.sort()).toEqual(elsewhere)
  })

  it('is told without a value that came from a placeholder or stands under a secret key', () => {
    for (const name of cases) {
      const told = formatDiagnostics(load(name).diagnostics)
      expect(told, name).not.toContain('key-from')
      expect(told, name).not.toContain('sk-literal')
    }
  })
})
