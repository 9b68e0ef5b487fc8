import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ControlError } from '../errors.ts'
import { lockStore } from './lock.ts'
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts'
import { asStoreError } from './sqlite-errors.ts'

/**
 * The one database file, open twice: SQLite's `synchronous` belongs to a connection and cannot
 * change inside a transaction, so what must survive a power cut and what need not each have one.
 * All calls are synchronous and none spans an await, so the two never wait for each other; for
 * that, never use one inside a transaction of the other.
 */
export interface Database {
  readonly path: string
  /** `synchronous=FULL`: jobs, leases, keys. On the disk when a write returns. */
  readonly durable: DatabaseSync
  /** `synchronous=NORMAL`: logs and history. Survives a kill; a power cut may take the last. */
  readonly history: DatabaseSync
  close(): void
}

/**
 * Opens (or creates) the database and brings it to this version. Refuses a file in use, damaged,
 * foreign or newer with STORE_*, and never deletes or replaces one. `:memory:` is for tests.
 */
export function openDatabase(path: string): Database {
  if (path === ':memory:') {
    const only = connect(path, 'FULL')
    return { path, durable: only, history: only, close: () => only.close() }
  }
  let lock: { release(): void } | undefined
  const open: DatabaseSync[] = []
  const close = () => {
    for (const connection of open.splice(0)) connection.close()
    lock?.release()
  }
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    lock = lockStore(path)
    const durable = connect(path, 'FULL')
    open.push(durable)
    const history = connect(path, 'NORMAL')
    open.push(history)
    return { path, durable, history, close }
  } catch (thrown) {
    close()
    throw asStoreError(thrown, path)
  }
}

/** Runs `work` as one write: all of it or none. `work` must not await. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (thrown) {
    // SQLite has rolled back by itself after some errors (disk full).
    if (db.isTransaction) db.exec('ROLLBACK')
    throw thrown
  }
}

function connect(path: string, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  // An operator's backup may hold the file for a moment; our own two never do.
  const db = new DatabaseSync(path, { timeout: 2000 })
  try {
    checkOwner(db, path)
    db.exec('PRAGMA journal_mode = WAL')
    db.exec(`PRAGMA synchronous = ${synchronous}`)
    db.exec('PRAGMA journal_size_limit = 8388608')
    if (synchronous === 'FULL') {
      checkPages(db, path)
      migrate(db)
    }
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

/** Looks before anything is written, so that a file that is not for us stays as it is. */
function checkOwner(db: DatabaseSync, path: string): void {
  const version = pragma(db, 'user_version')
  const isEmpty = !db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get()
  if (!isEmpty && pragma(db, 'application_id') !== APPLICATION_ID)
    throw new ControlError('STORE_CORRUPT', `${path} is a database of another program`, {
      hint: 'point --data at a folder of its own',
    })
  if (version > MIGRATIONS.length)
    throw new ControlError(
      'STORE_NEWER',
      `${path} has version ${version}; this Spark Control knows up to ${MIGRATIONS.length}`,
      { hint: 'run the newer Spark Control again, or start this one with another --data folder' },
    )
}

function checkPages(db: DatabaseSync, path: string): void {
  const [row] = db.prepare('PRAGMA quick_check(1)').all()
  if (row?.quick_check === 'ok') return
  throw new ControlError('STORE_CORRUPT', `${path} is damaged: ${String(row?.quick_check)}`, {
    hint: `move ${path} away (keep it) or put a backup in its place, then start again`,
  })
}

function migrate(db: DatabaseSync): void {
  for (let version = pragma(db, 'user_version'); version < MIGRATIONS.length; version++)
    transaction(db, () => {
      db.exec(MIGRATIONS[version] ?? '')
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
      db.exec(`PRAGMA user_version = ${version + 1}`)
    })
}

const pragma = (db: DatabaseSync, name: string): number =>
  Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
