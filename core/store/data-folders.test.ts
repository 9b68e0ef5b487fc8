import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnController } from '../testing/spawn-controller.ts'
import { openDatabase } from './database.ts'
import { MIGRATIONS } from './migrations.ts'
import { readTables } from './testing/dump-store.ts'

const TESTDATA = join(import.meta.dirname, 'testdata')
const versions = readdirSync(TESTDATA).map((name) => name.replace(/\.sql$/, ''))
const CLOCK = new URL('../clock.ts', import.meta.url).href
const MAIN = join(import.meta.dirname, '../main.ts')

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-folders-'))
  mkdirSync(join(folder, 'data'))
  file = join(folder, 'data/state.db')
  writeFileSync(join(folder, 'topology.yaml'), 'cluster: later\nhosts: {}\nservices: {}\n')
})
afterEach(() => rmSync(folder, { recursive: true, maxRetries: 5 }))

const opened = <T>(use: (db: DatabaseSync) => T): T => {
  const db = new DatabaseSync(file)
  try {
    return use(db)
  } finally {
    db.close()
  }
}
const restore = (version: string) => {
  const sql = readFileSync(join(TESTDATA, `${version}.sql`), 'utf8')
  return opened((db) => {
    db.exec(sql)
    return readTables(db)
  })
}
const args = () => [join(folder, 'topology.yaml'), '--data', join(folder, 'data')]

describe.each(versions)('a data folder of version %s', (version) => {
  it('is brought to this version with every row there was', () => {
    const before = restore(version)
    openDatabase(file).close()
    const after = opened(readTables)
    for (const [table, rows] of Object.entries(before))
      expect({ [table]: after[table] }).toMatchObject({ [table]: rows })
    expect(opened((db) => db.prepare('PRAGMA user_version').get())).toEqual({
      user_version: MIGRATIONS.length,
    })
  })

  it('is shown by the controller: jobs with their logs, audit, outages, schedules, deliveries', async () => {
    const before = restore(version)
    const { audit = [], jobs = [], job_lines = [] } = before
    // the day after, so that nothing is old enough to be dropped
    const day = Number(audit[0]?.at) + 86_400_000
    const preload = join(folder, 'clock.mjs')
    const clock = `Object.assign(systemClock, { now: () => ${day} })`
    writeFileSync(preload, `import { systemClock } from ${JSON.stringify(CLOCK)}\n${clock}\n`)
    const where = ['--host', '127.0.0.1', '--port', '0']
    const controller = await spawnController([...args(), ...where], {}, ['--import', preload])
    try {
      const get = async (path: string) => (await fetch(controller.url + path)).text()
      const found = await Promise.all(
        ['jobs', 'audit', 'connectivity', 'coordination/schedules', 'coordination/deliveries'].map(
          (path) => get(`/api/${path}`),
        ),
      )
      const kept = [
        ...[jobs.map(({ id }) => id), audit.map(({ title }) => title)],
        ...['connectivity', 'schedules', 'deliveries'].map((table) =>
          (before[table] ?? []).map((row) => row.subject ?? row.id),
        ),
      ]
      for (const [i, names] of kept.entries()) {
        expect(names.length).toBeGreaterThan(0)
        expect(
          names.filter(
            (name) => !JSON.stringify(JSON.parse(found[i] ?? '')).includes(inJson(name)),
          ),
        ).toEqual([])
      }
      const [{ job, text } = {}] = job_lines
      expect(await get(`/api/jobs/${job}/log`)).toContain(inJson(text))
    } finally {
      await controller.kill('SIGTERM')
    }
  })
})

const inJson = (value: unknown): string => JSON.stringify(String(value)).slice(1, -1)

it('there is a data folder of at least one version to look at', () => {
  expect(versions.length).toBeGreaterThan(0)
})

it('a data folder of a later version is refused in a sentence, and not touched', async () => {
  restore(versions.at(-1) ?? '')
  const later = MIGRATIONS.length + 1
  opened((db) => db.exec(`CREATE TABLE later (x); PRAGMA user_version = ${later}`))
  const before = readFileSync(file)
  const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
    const child = execFile(process.execPath, [MAIN, 'start', ...args()], (_error, _out, err) =>
      resolve({ code: child.exitCode, err }),
    )
  })
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(
      new RegExp(`has version ${later}; this Spark Control knows up to ${later - 1}\\n.*newer`),
    ),
  ])
  expect(readFileSync(file).equals(before)).toBe(true)
})
