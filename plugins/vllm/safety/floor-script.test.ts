import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isPresent } from '../../../core/testing/real/is-present.ts'
import { FLOOR_SCRIPT } from './floor-script.ts'

const EVERY_SHELL: [string, string[]][] = [
  ['dash', ['dash']],
  ['bash', ['bash']],
  ['busybox sh', ['busybox', 'sh']],
]
const SHELLS = EVERY_SHELL.filter(([, [program = '']]) => isPresent(program))
const FLOOR_KIB = 2 * 1024 * 1024

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floor-'))
  const docker = `#!/bin/sh\nif [ "$1" = inspect ]; then echo "$RUNNING"; else echo "$@" >> "${folder}/killed"; exit "$KILL_STATUS"; fi\n`
  writeFileSync(join(folder, 'docker'), docker)
  chmodSync(join(folder, 'docker'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true }))

const setAvailable = (kib: number) =>
  writeFileSync(
    join(folder, 'meminfo'),
    `MemTotal:       127601234 kB\nMemFree:   900000 kB\nMemAvailable:   ${kib} kB\n`,
  )

/** Runs the script; `onLine` may change the world, or cut the output off by returning false. */
function run(
  shell: string[],
  {
    kill = 0,
    running = 'true',
    carrier = ['docker', 'abc123'],
  }: { kill?: number; running?: string; carrier?: [string, string] } = {},
  onLine: (line: string) => boolean | undefined = () => undefined,
): Promise<string[]> {
  rmSync(join(folder, 'killed'), { force: true })
  const [program = '', ...words] = shell
  const args = [...carrier, String(FLOOR_KIB), '0']
  const child = spawn(program, [...words, '-s', '--', ...args], {
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      SPARK_PROC: folder,
      KILL_STATUS: String(kill),
      RUNNING: running,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.end(FLOOR_SCRIPT)
  const lines: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) {
      lines.push(line)
      if (onLine(line) === false) child.stdout.destroy()
    }
  })
  return new Promise((resolve) => child.on('close', () => resolve(lines)))
}

describe.each(SHELLS)('in %s', (_, shell) => {
  it('kills just this container when memory falls below the floor, having said so', async () => {
    setAvailable(FLOOR_KIB)
    const lines = await run(shell, {}, () => {
      setAvailable(FLOOR_KIB - 1)
      return undefined
    })
    expect(lines[0]).toBe(`OK\t${FLOOR_KIB}`)
    expect(lines.slice(-2)).toEqual([`LOW\t${FLOOR_KIB - 1}`, 'KILLED\t0'])
    expect(readFileSync(join(folder, 'killed'), 'utf8')).toBe('kill abc123\n')
  })

  it('says when the container could not be killed', async () => {
    setAvailable(1)
    expect(await run(shell, { kill: 1 })).toEqual(['LOW\t1', 'KILLED\t1'])
  })

  it.each(['false', 'Error: No such container: abc123'])(
    'ends when docker says %j of the container',
    async (running) => {
      setAvailable(FLOOR_KIB)
      expect((await run(shell, { running })).at(-1)).toBe('GONE')
    },
  )

  it('goes on when docker does not answer, and ends when nobody listens any more', async () => {
    setAvailable(FLOOR_KIB)
    let heard = 0
    const lines = await run(shell, { running: 'Cannot connect to the Docker daemon' }, () => {
      heard += 1
      return heard < 8 ? undefined : false
    })
    expect(new Set(lines)).toEqual(new Set([`OK\t${FLOOR_KIB}`]))
  })

  it('kills the group of a process, unless its number has become another’s', async () => {
    const engine = spawn('sleep', ['1000'], { detached: true })
    const ended = new Promise((resolve) => engine.on('exit', (_code, signal) => resolve(signal)))
    const stat = readFileSync(`/proc/${engine.pid}/stat`, 'utf8')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    setAvailable(1)
    const other: [string, string] = ['process', `0a1b2c3d-${engine.pid}-${Number(start) + 1}`]
    expect(await run(shell, { carrier: other })).toEqual(['LOW\t1', 'KILLED\t1'])
    expect(engine.exitCode ?? engine.signalCode).toBeNull()
    const ours: [string, string] = ['process', `0a1b2c3d-${engine.pid}-${start}`]
    expect(await run(shell, { carrier: ours })).toEqual(['LOW\t1', 'KILLED\t0'])
    expect(await ended).toBe('SIGKILL')
    setAvailable(FLOOR_KIB)
    expect((await run(shell, { carrier: ours })).at(-1)).toBe('GONE')
  })
})
