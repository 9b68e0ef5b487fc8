import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ControlError } from '../errors.ts'

const BUSY = 5

/**
 * Holds `<path>.lock` until released, or until this process is gone in whatever way; throws
 * STORE_LOCKED while another controller holds it. The lock is the kernel's, taken by SQLite: a
 * pid in a file would be wrong in a container, where every controller is pid 1.
 */
export function lockStore(path: string): { release(): void } {
  const file = `${path}.lock`
  const holderFile = `${path}.holder`
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    db.close()
    if ((thrown as { errcode?: number }).errcode !== BUSY) throw thrown
    throw new ControlError(
      'STORE_LOCKED',
      `another Spark Control works in ${dirname(path)}: ${readHolder(holderFile)}`,
      { hint: 'stop it, or give this one its own folder with --data DIR' },
    )
  }
  const since = new Date().toISOString()
  writeFileSync(holderFile, `process ${process.pid} on ${hostname()}, since ${since}\n`)
  return {
    release() {
      rmSync(holderFile, { force: true })
      db.close()
    },
  }
}

/** Who it is, for the message only; the lock itself does not depend on this file. */
function readHolder(holderFile: string): string {
  try {
    return readFileSync(holderFile, 'utf8').trim()
  } catch {
    return 'it has not said who it is'
  }
}
