import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitUntil } from './wait-until.ts'

// short, since sockets lie below it and their paths may have 108 bytes
const PREFIX = 'spark-real-'

/** A folder of this process; `clearFolder` ends and removes all that lives in it. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
}

/** Clears what earlier processes left behind because they were killed. */
export async function clearLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^spark-real-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid))) await clearFolder(join(tmpdir(), name))
  }
}

/** Kills every process that names the folder in its command line, unmounts what is mounted in it, removes it. */
export async function clearFolder(folder: string): Promise<void> {
  await waitUntil(
    () => {
      const pids = processesOf(folder)
      for (const pid of pids) kill(pid)
      return pids.length === 0
    },
    { withinMs: 20_000, otherwise: () => `still running: ${processesOf(folder).join(', ')}` },
  )
  for (const mount of mountsIn(folder)) execFileSync('umount', ['-l', mount])
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

interface Process {
  pid: number
  parent: number
  command: string
}

/** Those that name the folder, and all that descends from them: containers know no path of ours. */
function processesOf(folder: string): number[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readProcess(name) : []))
  const found = new Set(all.filter(({ command }) => command.includes(folder)).map(({ pid }) => pid))
  for (let sizeBefore = -1; sizeBefore < found.size; ) {
    sizeBefore = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  found.delete(process.pid)
  return [...found]
}

function readProcess(pid: string): Process[] {
  try {
    const [, state, parent] = /\) (\S) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    // a zombie is dead; not every pid 1 clears them away
    if (state === 'Z') return []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: Number(pid), parent: Number(parent), command }]
  } catch {
    // ended while we looked
    return []
  }
}

function mountsIn(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${folder}/`))
    .toSorted((a, b) => b.length - a.length)
}

const isAlive = (pid: number): boolean => readProcess(`${pid}`).length > 0

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ended meanwhile
  }
}
