import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { soon } from '../../../core/hosts/testing/soon.ts'
import { describeWhere } from '../../../core/testing/real/describe-where.ts'
import { isPresent } from '../../../core/testing/real/is-present.ts'
import { parseProcessLook } from './process.ts'
import {
  PROCESS_CHECK_SCRIPT,
  PROCESS_LOOK_SCRIPT,
  PROCESS_START_SCRIPT,
  PROCESS_STOP_SCRIPT,
} from './process-scripts.ts'

const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']].filter(([program = '']) =>
  isPresent(program),
)
const notLinux = process.platform === 'linux' ? undefined : 'this is no Linux'

let home: string
let shell: string[]
const strangers: ChildProcess[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vllm-process-'))
})
afterEach(() => {
  stop(0)
  for (const each of strangers.splice(0)) each.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

const run = (script: string, ...args: string[]) => {
  const [command = 'sh', ...first] = shell
  const { status, stdout, stderr } = spawnSync(command, [...first, '-s', '--', ...args], {
    input: `{\n${script}\n} </dev/null\n`,
    env: { PATH: process.env.PATH ?? '', HOME: home },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const start = (...words: string[]) => run(PROCESS_START_SCRIPT, 'llm', ...words)
const stop = (graceS = 20) => run(PROCESS_STOP_SCRIPT, 'llm', String(graceS))
const look = () =>
  parseProcessLook(run(PROCESS_LOOK_SCRIPT, 'llm').stdout, { host: 'desk', service: 'llm' })
const stateFile = (name: string) => join(home, '.local/state/spark-control/llm', name)
const log = () => readFileSync(stateFile('log'), 'utf8')

/** An engine: a shell program that says its number, then does as it is told. */
function engine(body: string): string {
  const file = join(home, 'engine')
  writeFileSync(file, `#!/bin/sh\necho "engine $$"\n${body}\n`, { mode: 0o755 })
  return file
}
const said = (pattern: RegExp) =>
  soon(() => {
    const match = pattern.exec(log())
    if (!match) throw new Error('not yet')
    return Number(match[1])
  })
const isAlive = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
/** Somebody else's process. */
function stranger(): number {
  const child = spawn('sleep', ['1000'])
  strangers.push(child)
  return child.pid ?? 0
}
const bornOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')[19] ?? ''
const BOOT = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const writeRun = (...lines: string[]) => writeFileSync(stateFile('run'), `${lines.join('\n')}\n`)

describeWhere(notLinux, 'a program without a container', () => {
  it.each(SHELLS)('is started, found, followed and ended for good, by %s', async (...words) => {
    shell = words
    expect(look()).toMatchObject({ state: 'absent' })
    const program = engine('sleep 1000 & echo "part $!"; wait')
    expect(start(program, 'serve', 'Org/New', '--port', '1')).toMatchObject({ status: 0 })
    const pid = await said(/engine (\d+)/)
    const part = await said(/part (\d+)/)
    const found = look()
    expect(found).toMatchObject({
      state: 'running',
      engines: [`${program} serve Org/New --port 1`],
      owner: 'llm',
      exitCode: null,
    })
    expect(found.memory?.totalBytes).toBeGreaterThan(0)
    expect({ ...look(), memory: null }).toEqual({ ...found, memory: null })

    expect(stop()).toMatchObject({ status: 0 })
    expect([pid, part].filter(isAlive)).toEqual([])
    expect(look()).toMatchObject({ state: 'absent' })
    expect(log()).toContain(`engine ${pid}`)
    expect(stop()).toMatchObject({ status: 0 })

    // the next one has a log of its own and is another one
    expect(start(program)).toMatchObject({ status: 0 })
    await soon(() => expect(log()).toMatch(/engine \d+/))
    expect(log()).not.toContain(`engine ${pid}\n`)
    expect(look()).not.toMatchObject({ id: found.state === 'running' && found.id })
  })

  it('is not started twice', async () => {
    shell = ['dash']
    const program = engine('sleep 1000')
    expect(start(program)).toMatchObject({ status: 0 })
    const before = { ...look(), memory: null }
    expect(start(program)).toMatchObject({ status: 75 })
    expect({ ...look(), memory: null }).toEqual(before)
  })

  it('that ends by itself leaves its status, and no part of it goes on', async () => {
    shell = ['dash']
    start(engine('sleep 1000 & echo "part $!"; exit 3'))
    const part = await said(/part (\d+)/)
    await soon(() => expect(look()).toMatchObject({ state: 'stopped', exitCode: 3 }))
    await soon(() => expect(isAlive(part)).toBe(false))
    expect(stop()).toMatchObject({ status: 0 })
    expect(look()).toMatchObject({ state: 'absent' })
  })

  it('that does not listen is ended by force', async () => {
    shell = ['dash']
    start(engine('trap "" TERM; echo deaf; while :; do sleep 1000; done'))
    await soon(() => expect(log()).toContain('deaf'))
    const pid = await said(/engine (\d+)/)
    expect(stop(1)).toMatchObject({ status: 0, stdout: expect.stringContaining('ignored SIGTERM') })
    expect(isAlive(pid)).toBe(false)
    expect(look()).toMatchObject({ state: 'absent' })
  })

  it('is found and ended even when the shell that watches over it was killed', async () => {
    shell = ['dash']
    start(engine('sleep 1000'))
    const pid = await said(/engine (\d+)/)
    const leader = /leader (\d+)/.exec(readFileSync(stateFile('run'), 'utf8'))?.[1] ?? ''
    execFileSync('kill', ['-9', leader])
    await soon(() => expect(isAlive(Number(leader))).toBe(false))
    expect(look()).toMatchObject({ state: 'running' })
    expect(stop()).toMatchObject({ status: 0 })
    expect(isAlive(pid)).toBe(false)
  })

  it.each([
    ['started at another time', (pid: number) => [BOOT(), `${Number(bornOf(pid)) - 1}`]],
    ['of another boot', (pid: number) => ['00000000-0000-4000-8000-000000000000', bornOf(pid)]],
  ])(
    'whose number is now somebody else’s, %s, is gone, and the other is left alone',
    async (_, written) => {
      shell = ['dash']
      start(engine('exit 0'))
      await soon(() => expect(look()).toMatchObject({ state: 'stopped', exitCode: 0 }))
      const pid = stranger()
      const [boot = '', born = ''] = written(pid)
      writeRun(`boot ${boot}`, 'at 1', `leader ${pid} ${born}`, `engine ${pid} ${born}`)
      expect(look()).toMatchObject({ state: 'stopped' })
      expect(stop(0)).toMatchObject({ status: 0 })
      expect(isAlive(pid)).toBe(true)
      expect(look()).toMatchObject({ state: 'absent' })
    },
  )

  it('gets its words byte for byte', async () => {
    shell = ['dash']
    const words = ['$(touch x)', '`touch x`', "it's", '"', 'a\nb', '-n', '*', '', '\\', '; touch x']
    const program = engine(`printf '%s\\0' "$@" >"$HOME/words"; echo done; exit 0`)
    start(program, ...words)
    await soon(() => expect(log()).toContain('done'))
    expect(readFileSync(join(home, 'words'), 'utf8').split('\0')).toEqual([...words, ''])
  })

  it('is looked for before anything is stopped', () => {
    shell = ['dash']
    engine('exit 0')
    expect(run(PROCESS_CHECK_SCRIPT, '~/engine')).toMatchObject({ status: 0 })
    expect(run(PROCESS_CHECK_SCRIPT, '~/nowhere')).toMatchObject({
      status: 66,
      stdout: 'there is no ~/nowhere\n',
    })
    expect(start('~/engine')).toMatchObject({ status: 0 })
  })
})
