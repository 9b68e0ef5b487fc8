import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fits } from '../http/validate.ts'
import { openDatabase } from '../store/database.ts'
import { JobView } from '../views.ts'
import { viewJob } from './job-record.ts'
import { createJobRows } from './job-rows.ts'

const PROGRAM = fileURLToPath(new URL('./testing/controller.ts', import.meta.url))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spark-jobs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const database = () => join(folder, 'control.db')
const journalFile = () => join(folder, 'journal')
const journalBytes = (): number => statSync(journalFile(), { throwIfNoEntry: false })?.size ?? 0
const journal = (): string[] =>
  existsSync(journalFile()) ? readFileSync(journalFile(), 'utf8').trim().split('\n') : []

/** Runs the controller until it ends or is killed; returns the last line it printed. */
async function runController(
  steps: number,
  { killAt = '', killAfter }: { killAt?: string; killAfter?: number } = {},
): Promise<{ signal: string | null; last: string }> {
  const child = spawn(process.execPath, [PROGRAM, database(), journalFile(), String(steps), killAt])
  let printed = ''
  let complaints = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  child.stderr.on('data', (chunk) => {
    complaints += chunk
  })
  if (killAfter !== undefined) {
    const before = journalBytes()
    // The journal grows with the work, so its size is a moment in the work, not in time.
    const watch = setInterval(() => {
      if (journalBytes() >= before + killAfter * 16) child.kill('SIGKILL')
    }, 2)
    child.once('exit', () => clearInterval(watch))
  }
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect(complaints).toBe('')
  return { signal, last: printed.trim().split('\n').at(-1) ?? '' }
}

/** What must hold whatever the moment of the kill was. */
function checkDatabase(): void {
  const db = openDatabase(database())
  const rows = createJobRows(db)
  const jobs = rows.page({ service: null, state: null, before: 1e9, limit: 10 })
  expect(jobs.length).toBeLessThanOrEqual(1)
  for (const record of jobs) {
    expect(fits(JobView, viewJob(record))).toBe(true)
    const kept = db.history
      .prepare('SELECT n FROM job_lines WHERE job = ? ORDER BY n')
      .all(record.id)
    expect(kept.map(({ n }) => n)).toEqual(kept.map((_, n) => n))
  }
  db.close()
}

function checkJournal(steps: number): void {
  const words = journal()
  for (let n = 0; n < steps; n++) {
    const passed = words.indexOf(`passed step-${n}`)
    expect(passed).toBeGreaterThan(-1)
    const begun = words.flatMap((word, at) => (word.startsWith(`begin step-${n} `) ? [at] : []))
    expect(begun.every((at) => at < passed)).toBe(true)
    const attempts = begun.map((at) => Number(words[at]?.split(' ').at(-1)))
    // An attempt is counted before its work begins, so a kill in between skips a number.
    expect(attempts.every((attempt, index) => attempt > (attempts[index - 1] ?? 0))).toBe(true)
  }
}

// Each kill is a process of its own, and the machine may be busy.
describe('a controller killed with SIGKILL', { timeout: 60_000 }, () => {
  test('at every point of every step takes the job up where it was', async () => {
    const points = [0, 1, 2].flatMap((n) =>
      ['begin', 'finish', 'passed'].map((word) => `${word} step-${n}`),
    )
    for (const killAt of ['reach step-0', ...points]) {
      expect((await runController(3, { killAt })).signal).toBe('SIGKILL')
      checkDatabase()
    }
    const { last } = await runController(3)
    expect(JSON.parse(last)).toMatchObject({ state: 'succeeded', result: 3 })
    checkJournal(3)
    // Cut off at its beginning and before its result was kept: each step was entered three times.
    for (const n of [0, 1, 2]) expect(journal()).toContain(`begin step-${n} 3`)
  })

  test('at moments nobody chose loses no step and does none twice', async () => {
    const steps = 120
    for (const killAfter of [3, 41, 64, 29])
      expect((await runController(steps, { killAfter })).signal).toBe('SIGKILL')
    checkDatabase()
    const { last } = await runController(steps)
    expect(JSON.parse(last)).toMatchObject({ state: 'succeeded', result: steps })
    checkDatabase()
    checkJournal(steps)
  })
})
