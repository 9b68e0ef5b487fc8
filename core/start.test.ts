import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnController } from './testing/spawn-controller.ts'
import { listen } from './upstream/testing/rig.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const TOPOLOGY = 'cluster: c\nlisten: { host: 127.0.0.1, port: 9999 }\nhosts: {}\nservices: {}\n'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

/** Runs the command line until it ends, which it has to do by itself. */
const run = (...args: string[]): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], { cwd: folder }, (_e, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    )
  })

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('what cannot start', () => {
  it('ends the sandbox it has begun when the port is taken', async () => {
    const { port, close } = await listen(createServer())
    const args = ['--data', 'd', '--host', '127.0.0.1', '--port', `${port}`]
    const { code, err } = await run('start', ...args)
    await close()
    expect([code, err]).toEqual([2, expect.stringContaining('is taken by another program')])
    const { pid } = JSON.parse(readFileSync(join(folder, 'd/sandbox/process.json'), 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('ends, and the sandbox it has begun, when its own key cannot be kept', async () => {
    mkdirSync(join(folder, 'd/sandbox/controller/ssh/id_ed25519.pub'), { recursive: true })
    const { code, err } = await run('start', '--data', 'd', '--host', '127.0.0.1', '--port', '0')
    expect([code, err]).toEqual([2, expect.stringContaining('EISDIR')])
    const { pid } = JSON.parse(readFileSync(join(folder, 'd/sandbox/process.json'), 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('ends when the key it was given is none', async () => {
    mkdirSync(join(folder, 'data/ssh'), { recursive: true })
    write('data/ssh/id_ed25519', 'mine')
    const { code, err } = await run('start', write('topology.yaml', TOPOLOGY), '--port', '0')
    expect([code, err]).toEqual([2, expect.stringMatching(/id_ed25519 is no private key that/)])
  })

  it.each([
    ['a data folder that is a file', ['--data', 'topology.yaml'], /it is no folder\n.*--data DIR/],
    ['a command that is none', ['strat'], /there is no such file: .*strat\n.*--help/],
    ['a file to check that is not there', ['check', 'none.yaml'], /^none.yaml: there is no such/],
    ['a folder to check', ['check', '.'], /^\.: it is a folder\n/],
  ])('%s is told in a sentence', async (_what, args, sentence) => {
    write('topology.yaml', TOPOLOGY)
    const { code, err } = await run(...args)
    expect(err).toMatch(sentence)
    expect(err).not.toMatch(/ {4}at |Error:/)
    expect(code).not.toBe(0)
  })
})

describe('a second controller on the same data', () => {
  it('is refused, and the first keeps its simulated cluster', async () => {
    const data = join(folder, 'd')
    mkdirSync(data)
    const first = await spawnController(['--data', data, '--host', '127.0.0.1', '--port', '0'])
    try {
      const { pid } = JSON.parse(readFileSync(join(data, 'sandbox/process.json'), 'utf8'))
      const { code, err } = await run('--data', data, '--port', '0')
      expect([code, err]).toEqual([2, expect.stringContaining('another Spark Control works in')])
      expect(process.kill(pid, 0)).toBe(true)
      expect((await fetch(`${first.url}/healthz`)).status).toBe(200)
      await first.kill('SIGINT')
      expect(() => process.kill(pid, 0)).toThrow('ESRCH')
      expect(existsSync(join(data, 'sandbox/controller/state.db.holder'))).toBe(false)
    } finally {
      await first.kill('SIGKILL')
    }
  })
})
