import { readFileSync } from 'node:fs'

/** Resident memory of a process in MB. */
export const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** How far the memory of a process rises above what it was before, in MB, while something is done. */
export async function growthDuring<T>(
  pid: number,
  work: () => Promise<T>,
): Promise<{ result: T; growthMb: number }> {
  const beforeMb = residentMb(pid)
  let mostMb = beforeMb
  const timer = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb(pid))
  }, 20)
  try {
    const result = await work()
    return { result, growthMb: Math.max(mostMb, residentMb(pid)) - beforeMb }
  } finally {
    clearInterval(timer)
  }
}
