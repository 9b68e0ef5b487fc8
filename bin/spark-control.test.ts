import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-'))
  write('package.json', '{ "type": "module" }')
  cpSync(join(import.meta.dirname, 'spark-control.js'), join(folder, 'bin/spark-control.js'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

/** Where npm puts the Node that comes along. */
const carryNode = (): void => {
  write('node_modules/node/package.json', '{ "name": "node" }')
  mkdirSync(join(folder, 'node_modules/node/bin'))
  symlinkSync(process.execPath, join(folder, 'node_modules/node/bin/node'))
}

const OLD =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.20.2'}})"

function start(args: string[], { isOld = false } = {}) {
  const nodeArgs = isOld ? ['--import', OLD] : []
  const child = spawn(process.execPath, [
    ...nodeArgs,
    join(folder, 'bin/spark-control.js'),
    ...args,
  ])
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  const end = once(child, 'close').then(([code, signal]) => ({ ...said, code, signal }))
  return { child, said, end }
}

const SAY = 'process.stdout.write(process.argv.slice(2).join()); process.exitCode = 3'

describe('the command', () => {
  it.each([
    ['a checkout', 'core/main.ts', `const say: () => void = () => { ${SAY} }; say()`],
    ['the package', 'dist/npm/core/main.js', SAY],
  ])('runs what is there in %s, with its arguments and exit code', async (_where, main, text) => {
    write(main, text)
    const { code, out } = await start(['check', 'a b.yaml']).end
    expect([code, out]).toEqual([3, 'check,a b.yaml'])
  })

  it('prefers the sources of a checkout to what was once packed there', async () => {
    write('core/main.ts', SAY)
    write('dist/npm/core/main.js', 'process.exitCode = 9')
    expect((await start(['new']).end).out).toBe('new')
  })
})

describe('the command under a Node that is too old', () => {
  it('hands over to the Node that came along, with arguments and exit code', async () => {
    carryNode()
    write('core/main.ts', `${SAY}; process.stdout.write(' by ' + process.versions.node)`)
    const { code, out } = await start(['check', 'a b.yaml'], { isOld: true }).end
    expect([code, out]).toEqual([3, `check,a b.yaml by ${process.versions.node}`])
  })

  it('passes the wish to end on, and ends as its child does', async () => {
    carryNode()
    write(
      'core/main.ts',
      `process.on('SIGTERM', () => process.exit(7)); setInterval(() => 0, 1e6); process.stdout.write('up')`,
    )
    const { child, said, end } = start([], { isOld: true })
    await expect.poll(() => said.out, { timeout: 10_000 }).toBe('up')
    child.kill('SIGTERM')
    expect((await end).code).toBe(7)
  })

  it('says what to do where none came along', async () => {
    write('core/main.ts', SAY)
    const { code, out, err } = await start([], { isOld: true }).end
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/needs Node 24 or newer.*\n.*--omit=optional/)
  })
})
