import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard } from './build.ts'

const OUT = join(import.meta.dirname, '../dist/ui')
const kB = 1000

describe('the built dashboard', { timeout: 60_000 }, () => {
  let html = ''
  beforeAll(async () => {
    await buildDashboard({ isIfStale: true })
    html = readFileSync(join(OUT, 'index.html'), 'utf8')
  }, 60_000)

  it('needs at most 40 kB of JavaScript, gzip, before the overview with every tile is drawn', () => {
    const entry = /<script[^>]+src="\/(assets\/[^"]+)"/.exec(html)?.[1] ?? ''
    const tiles = readdirSync(join(OUT, 'assets'))
      .filter((name) => /^Tile-.*\.js$/.test(name))
      .map((name) => `assets/${name}`)
    const files = withImports([entry, ...tiles])
    expect(entry).not.toBe('')
    expect(tiles.length).toBeGreaterThan(0)
    expect(sum(files)).toBeLessThanOrEqual(40 * kB)
  })

  it('needs at most 10 kB of CSS, gzip, in one file', () => {
    const sheets = readdirSync(join(OUT, 'assets')).filter((name) => name.endsWith('.css'))
    expect(sheets).toHaveLength(1)
    expect(sum(sheets.map((name) => `assets/${name}`))).toBeLessThanOrEqual(10 * kB)
  })

  it('carries nothing inline and nothing from elsewhere, so that script-src and style-src self hold', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/)
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  it('sets no style attribute from a template, so that style-src-attr may be closed, too', () => {
    const scripts = readdirSync(join(OUT, 'assets')).filter((name) => name.endsWith('.js'))
    const offenders = scripts.filter((name) =>
      / style=["'a-z-]/.test(readFileSync(join(OUT, 'assets', name), 'utf8')),
    )
    expect(offenders).toEqual([])
  })
})

/** The files with all they import before they run. */
function withImports(files: string[]): string[] {
  const all = new Set<string>()
  for (const file of files) add(file)
  return [...all]

  function add(file: string): void {
    if (all.has(file)) return
    all.add(file)
    const code = readFileSync(join(OUT, file), 'utf8')
    for (const [, name] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      add(`assets/${name}`)
  }
}

const sum = (files: string[]): number =>
  files.reduce(
    (bytes, file) => bytes + gzipSync(readFileSync(join(OUT, file)), { level: 9 }).length,
    0,
  )
