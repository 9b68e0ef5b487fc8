import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { readKeptPorts } from './ports.ts'

// While a sandbox starts, its control port is not open yet.
const START_MS = 15_000
/** How the refusal of a second sandbox begins. */
export const TAKEN = 'a sandbox runs on'
const heldHere = new Set<string>()

/** Keeps a second sandbox off the same folder; returns how to give it back. */
export async function holdLock(folder: string): Promise<() => void> {
  const file = join(folder, 'lock')
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' })
      heldHere.add(file)
      return () => {
        heldHere.delete(file)
        rmSync(file, { force: true })
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (await isHeld(folder, file)) {
        throw new Error(`${TAKEN} ${folder} already (its process is in ${file})`)
      }
      rmSync(file, { force: true }) // left by one that was killed
    }
  }
  throw new Error(`cannot lock ${file}`)
}

/** Whether a process of this number runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return !isZombie(pid)
}

/** Ended, but not yet taken notice of: in a container nobody may ever do so. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    return /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true // gone between the two looks
  }
}

/** In a container the numbers of processes repeat, so the number alone proves nothing. */
async function isHeld(folder: string, file: string): Promise<boolean> {
  if (heldHere.has(file)) return true
  const pid = Number(readFileSync(file, 'utf8'))
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return false
  if (Date.now() - statSync(file).mtimeMs < START_MS) return true
  const port = readKeptPorts(folder)?.control
  return port !== undefined && (await isOpen(port))
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
