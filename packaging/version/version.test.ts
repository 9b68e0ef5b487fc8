import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bump } from './bump.ts'
import { notesOf, release } from './changelog.ts'
import { bumpWrapper, readPlaces } from './places.ts'
import { nextVersion } from './version.ts'

const ROOT = join(import.meta.dirname, '../..')

describe('the next version', () => {
  it.each([
    ['1.2.3', 'major', '2.0.0'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'patch', '1.2.4'],
    ['1.2.9', 'patch', '1.2.10'],
    ['1.2.3', '1.2.3', '1.2.3'],
    ['1.2.3', '1.10.0', '1.10.0'],
  ])('after %s by %s is %s', (current, wanted, next) => {
    expect(nextVersion(current, wanted)).toBe(next)
  })

  it.each([
    ['1.2.3', '1.2.2', '1.2.2 is lower than 1.2.3'],
    ['1.2.3', '1.1.9', '1.1.9 is lower than 1.2.3'],
    ['1.2.3', 'v1.3.0', '"v1.3.0" is neither major, minor, patch nor a version'],
    ['1.2.3', '1.3', '"1.3" is neither'],
    ['1.2.3', '1.03.0', '"1.03.0" is neither'],
  ])('after %s is not %s: %s', (current, wanted, sentence) => {
    expect(() => nextVersion(current, wanted)).toThrow(sentence)
  })
})

describe('the changelog', () => {
  const text =
    '# Changelog\n\n## Unreleased\n- New.\n\n## 1.0.0 (2026-01-02)\n- First.\n- Second.\n'

  it('has what was unreleased under the version, with its date, and room for what comes', () => {
    const released = release(text, '1.1.0', '2026-11-28')
    expect(released).toBe(
      '# Changelog\n\n## Unreleased\n\n## 1.1.0 (2026-11-28)\n- New.\n\n## 1.0.0 (2026-01-02)\n- First.\n- Second.\n',
    )
    expect(notesOf(released, '1.1.0')).toBe('- New.')
  })

  it('gives the notes of a version, and none of one it does not have', () => {
    expect(notesOf(text, '1.0.0')).toBe('- First.\n- Second.')
    expect(notesOf(text, '1.0')).toBeUndefined()
  })

  it('refuses to release twice, or nothing', () => {
    expect(() => release(text, '1.0.0', '2026-11-28')).toThrow('has 1.0.0 already')
    expect(() => release(text.replace('- New.\n', ''), '1.1.0', '')).toThrow(
      'nothing of what is new',
    )
    expect(() => release('# Changelog\n', '1.1.0', '')).toThrow('no "## Unreleased"')
  })

  it('of this project can be read', () => {
    expect(notesOf(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), 'Unreleased')).toBeDefined()
  })
})

describe('the places of the version', () => {
  it('agree in this project', () => {
    const places = readPlaces(ROOT)
    const [first] = places
    for (const { file, versions, matches } of places)
      expect({ file, versions }).toEqual({
        file,
        versions: Array(matches).fill(first?.versions[0]),
      })
    expect(places).toHaveLength(4)
  })

  describe('in a copy', () => {
    const CHANGELOG = '# Changelog\n\n## Unreleased\n- New.\n\n## 0.9.0 (2026-01-02)\n- First.\n'
    const NOTES = 'startos/versions/release-notes.json'
    let folder: string
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'version-'))
      for (const file of [...readPlaces(ROOT).map(({ file }) => file), NOTES]) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        cpSync(join(ROOT, file), join(folder, file))
      }
      writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG)
    })
    afterEach(() => rmSync(folder, { recursive: true }))
    const read = (file: string) => readFileSync(join(folder, file), 'utf8')
    const wrapper = () => read('startos/versions/current.ts')

    it('all take the new one by one command, the changelog and notes of StartOS too', () => {
      const before = JSON.parse(read('package-lock.json'))
      bumpWrapper(folder)
      const { version, files } = bump(folder, '7.8.9', '2026-11-28')
      expect(version).toBe('7.8.9')
      expect(files.sort()).toEqual([
        ...['CHANGELOG.md', 'Dockerfile', 'package-lock.json', 'package.json'],
        ...['startos/versions/current.ts', NOTES],
      ])
      for (const { versions, matches } of readPlaces(folder))
        expect(versions).toEqual(Array(matches).fill('7.8.9'))
      expect(wrapper()).toContain("version: '7.8.9:0'")
      expect(read('CHANGELOG.md')).toContain('## 7.8.9 (2026-11-28)\n- New.\n')
      before.version = before.packages[''].version = '7.8.9'
      expect(JSON.parse(read('package-lock.json'))).toEqual(before)
      const { version: written, ...notes } = JSON.parse(read(NOTES))
      expect(written).toBe('7.8.9')
      expect(Object.keys(notes)).toEqual(['en_US', 'de_DE', 'es_ES', 'fr_FR', 'pl_PL'])
      for (const note of Object.values(notes)) expect(note).toMatch(/:\n\n- New\.$/)
    })

    it('keep notes that were written for this very version', () => {
      const { version } = JSON.parse(read(NOTES))
      const before = read(NOTES)
      bump(folder, version, '2026-11-28')
      expect(read(NOTES)).toBe(before)
    })

    it('are left alone where nothing is new', () => {
      writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG.replace('- New.\n', ''))
      const before = readPlaces(folder)
      expect(() => bump(folder, 'minor', '2026-11-28')).toThrow('nothing of what is new')
      expect(readPlaces(folder)).toEqual(before)
    })

    it("have one more where only the wrapper changes, which the program's version outlives", () => {
      const [first] = readPlaces(folder)
      const [, before = ''] = /version: '[^:]+:(\d+)'/.exec(wrapper()) ?? []
      expect(bumpWrapper(folder)).toBe(`${first?.versions[0]}:${Number(before) + 1}`)
      expect(readPlaces(folder)[0]).toEqual(first)
    })
  })
})
