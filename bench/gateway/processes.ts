import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Started {
  pid: number
  port: number
}

const children: ChildProcess[] = []

/** Whether a program is on PATH. */
export function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v -- "$1"', 'sh', program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The command to run something on one core, if this machine has taskset and two cores. */
export function onCore(core: number, command: string[]): string[] {
  return has('taskset') && cores() > 1 ? ['taskset', '-c', String(core), ...command] : command
}

/** Starts one of our server files on a core; it prints its port. */
export async function startNode(file: string, args: string[], core: number): Promise<Started> {
  const path = new URL(file, import.meta.url).pathname
  const child = start(onCore(core, [process.execPath, path, ...args]), 'pipe')
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString().trim())))
    child.once('exit', () => reject(new Error(`${file} ended before it listened`)))
  })
  return { pid: child.pid ?? 0, port }
}

/** Starts nginx in the foreground on a core. */
export async function startNginx(args: string[], port: number, core: number): Promise<Started> {
  const child = start(onCore(core, ['nginx', ...args]), 'ignore')
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await answers(port)) return { pid: child.pid ?? 0, port }
    await sleep(25)
  }
  throw new Error('nginx does not listen')
}

/** Ends everything that was started here. */
export function stopAll(): void {
  for (const child of children) child.kill('SIGTERM')
}

/** CPU time a process and its children have used, in microseconds. */
export function cpuUs(pid: number): number {
  const ticks = [pid, ...childrenOf(pid)].map((each) => {
    const stat = readFileSync(`/proc/${each}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(fields[11]) + Number(fields[12])
  })
  return ticks.reduce((sum, each) => sum + each, 0) * US_PER_TICK
}

const US_PER_TICK = 10_000

const cores = (): number => readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm)?.length ?? 1

function start([program = '', ...args]: string[], stdout: 'pipe' | 'ignore'): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', stdout, 'inherit'] })
  children.push(child)
  return child
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number),
  )
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
