import { readFileSync } from 'node:fs'

/** CPU time a process has used so far, in seconds: user and system, of all its threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

/** USER_HZ of Linux, on every architecture we run on. */
const TICKS_A_SECOND = 100

/** The most memory a process ever had, and what it has now, in MB (of a million bytes). */
export function memoryMb(pid: number): { most: number; now: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6
  return { most: of('VmHWM'), now: of('VmRSS') }
}
