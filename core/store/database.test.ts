import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase, transaction } from './database.ts'
import { createKeyValue } from './key-value.ts'
import { MIGRATIONS } from './migrations.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spark-store-'))
  path = join(folder, 'data', 'control.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const opened = <T>(use: (db: Database) => T): T => {
  const db = openDatabase(path)
  try {
    return use(db)
  } finally {
    db.close()
  }
}
const pragma = (db: DatabaseSync, name: string) => db.prepare(`PRAGMA ${name}`).get()?.[name]
const refusal = () => {
  try {
    openDatabase(path).close()
  } catch (thrown) {
    return thrown as { code: string; message: string; hint: string }
  }
  throw new Error('the database was opened')
}

describe('opening', () => {
  test('one file has a connection that outlives power cuts and one that need not', () => {
    opened(({ durable, history }) => {
      expect(pragma(durable, 'journal_mode')).toBe('wal')
      expect(pragma(durable, 'synchronous')).toBe(2)
      expect(pragma(history, 'synchronous')).toBe(1)
    })
  })

  test('opening again keeps what was written and runs no migration twice', () => {
    opened((db) => createKeyValue(db, 'a').set('k', 1))
    opened((db) => {
      expect(pragma(db.durable, 'user_version')).toBe(MIGRATIONS.length)
      expect(createKeyValue(db, 'a').get('k')).toBe(1)
    })
  })

  test('a transaction that throws leaves nothing behind', () => {
    opened((db) => {
      const store = createKeyValue(db, 'a')
      const attempt = () =>
        transaction(db.durable, () => {
          store.set('k', 1)
          throw new Error('no')
        })
      expect(attempt).toThrow('no')
      expect(store.get('k')).toBeUndefined()
    })
  })
})

describe('a file that is not usable is refused and left as it is', () => {
  const keep = (write: () => void) => {
    opened((db) => createKeyValue(db, 'a').set('k', 'x'.repeat(20_000)))
    write()
    const before = readFileSync(path)
    const error = refusal()
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(error.message).toContain(path)
    expect(error.hint).toBeTruthy()
    return error
  }

  test('garbage', () => {
    expect(keep(() => writeFileSync(path, 'not a database at all'.repeat(500))).code).toBe(
      'STORE_CORRUPT',
    )
  })

  test('damaged pages', () => {
    const error = keep(() => {
      const bytes = readFileSync(path)
      bytes.fill(0xaa, 4096 * 2, 4096 * 6)
      writeFileSync(path, bytes)
    })
    expect(error.code).toBe('STORE_CORRUPT')
  })

  test('a file cut off in the middle', () => {
    const error = keep(() => truncateSync(path, Math.floor(statSync(path).size / 2)))
    expect(error.code).toBe('STORE_CORRUPT')
  })

  test('a newer version', () => {
    const error = keep(() => {
      const raw = new DatabaseSync(path)
      raw.exec('PRAGMA user_version = 999')
      raw.close()
    })
    expect(error.code).toBe('STORE_NEWER')
    expect(error.message).toContain('999')
  })

  test("another program's database", () => {
    const error = keep(() => {
      const raw = new DatabaseSync(path)
      raw.exec('PRAGMA application_id = 7')
      raw.close()
    })
    expect(error.code).toBe('STORE_CORRUPT')
  })

  test('a folder where the file should be', () => {
    path = folder
    expect(refusal().code).toBe('STORE_UNUSABLE')
  })
})

describe('two controllers', () => {
  test('the second is told who works there, and may start when the first has stopped', () => {
    opened(() => {
      const error = refusal()
      expect(error.code).toBe('STORE_LOCKED')
      expect(error.message).toContain(`process ${process.pid}`)
    })
    opened((db) => expect(db.path).toBe(path))
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['control.db', 'control.db.lock'])
  })

  test('a controller killed with SIGKILL holds nothing', { timeout: 60_000 }, async () => {
    const script = `
      import { openDatabase } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)}
      // Held: what nobody refers to is collected, and its lock let go.
      globalThis.held = openDatabase(${JSON.stringify(path)})
      console.log('open')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    expect(refusal().message).toContain(`process ${child.pid}`)
    child.kill('SIGKILL')
    await ended
    opened((db) => expect(pragma(db.durable, 'user_version')).toBe(MIGRATIONS.length))
  })
})

test('values are JSON, kept by namespace, listed by prefix in order', () => {
  const db = openDatabase(':memory:')
  const store = createKeyValue(db, 'service/llm')
  const other = createKeyValue(db, 'service/llm-2')
  store.set('b/1', { since: [1, null, 'ü'] })
  store.set('b/2', false)
  store.set('a', 0)
  other.set('b/3', 1)
  expect(store.get('b/1')).toEqual({ since: [1, null, 'ü'] })
  expect([store.get('b/2'), store.get('a'), store.get('none')]).toEqual([false, 0, undefined])
  expect(store.keys()).toEqual(['a', 'b/1', 'b/2'])
  expect(store.keys('b/')).toEqual(['b/1', 'b/2'])
  store.set('b/1', undefined)
  store.delete('a')
  expect(store.keys()).toEqual(['b/2'])
  expect(other.keys()).toEqual(['b/3'])
  db.close()
})
