import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm test`: types, lint and every test there is, two parts at a time. The last line sums up.
 * With arguments only the tests whose path contains one of them run.
 */
interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface Part {
  name: string
  run(): Promise<Counts>
}

/** What is read of vitest's JSON report. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[]
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = (name: string) => join(ROOT, 'node_modules', name)
const isCi = process.env.CI === 'true'
const filters = process.argv.slice(2)
const reports = mkdtempSync(join(tmpdir(), 'test-reports-'))

const check = (name: string, ...command: string[]): Part => ({
  name,
  run: async () => ((await succeeds(name, command)) ? counts(1, 0) : counts(0, 1)),
})

const tests = (name: string, ...options: string[]): Part => ({
  name,
  run: () => runVitest(name, options),
})

// each stage keeps two cores busy: whole controllers and real hosts mostly wait
const stages: Part[][] =
  filters.length > 0
    ? [[tests('tests', ...filters)]]
    : [
        [
          check('lint', BIN('@biomejs/biome/bin/biome'), 'check', '.'),
          tests('integration', '--project', 'integration'),
          tests('unit', '--project', 'node', '--project', 'ui', '--maxWorkers', '2'),
        ],
        [
          check('types', BIN('typescript/bin/tsc')),
          tests('real hosts', '--project', 'real'),
          tests('browser', '--project', 'e2e'),
        ],
      ]

const lines: string[] = []
const failures: string[] = []
const total = counts(0, 0)
for (const stage of stages) {
  const results = await Promise.all(stage.map(timed))
  for (const { passed, failed, skipped } of results) {
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
  }
}
rmSync(reports, { recursive: true, force: true })
process.stdout.write(`\n${[...failures, '', ...lines].join('\n')}\n\n`)
process.stdout.write(`${inWords(total)}\n`)
process.exitCode = total.failed > 0 ? 1 : 0

async function timed({ name, run }: Part): Promise<Counts> {
  const startMs = performance.now()
  const result = await run()
  const seconds = Math.round((performance.now() - startMs) / 1000)
  lines.push(
    `${result.failed > 0 ? '✗' : '✓'} ${name.padEnd(11)} ${inWords(result)} in ${seconds} s`,
  )
  return result
}

async function runVitest(name: string, options: string[]): Promise<Counts> {
  const report = join(reports, `${name.replace(' ', '-')}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const isFine = await succeeds(name, [BIN('vitest/vitest.mjs'), 'run', ...reporters, ...options])
  const result = readReport(report)
  // a file that does not even load, an error outside of tests, or no test at all
  if (!isFine && result.failed === 0) result.failed = 1
  if (result.passed + result.failed + result.skipped === 0) result.failed = 1
  // where CI runs, everything is there, so nothing may be left out
  if (isCi && result.skipped > 0) result.failed += result.skipped
  return result
}

function readReport(file: string): Counts {
  if (!existsSync(file)) return counts(0, 1)
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  for (const { name, assertionResults } of report.testResults) {
    for (const { fullName, status } of assertionResults) {
      if (status === 'failed') failures.push(`✗ ${relative(ROOT, name)}: ${fullName}`)
    }
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report
  return counts(numPassedTests, numFailedTests, numPendingTests + numTodoTests)
}

/** Runs a Node program; what it says appears at once, in whole lines behind the part's name. */
function succeeds(name: string, [script = '', ...args]: string[]): Promise<boolean> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    // tests start a hundred controllers, and half of such a start is compiling the same files
    env: { ...process.env, NODE_COMPILE_CACHE: join(reports, 'compiled') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const whole = (rest + chunk).split('\n')
      rest = whole.pop() ?? ''
      for (const line of whole) if (line.trim() !== '') process.stdout.write(`${name}: ${line}\n`)
    })
    stream.on('end', () => rest.trim() !== '' && process.stdout.write(`${name}: ${rest}\n`))
  }
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)))
}

function counts(passed: number, failed: number, skipped = 0): Counts {
  return { passed, failed, skipped }
}

function inWords({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
