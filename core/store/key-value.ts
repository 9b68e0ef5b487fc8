import type { DatabaseSync } from 'node:sqlite'
import type { Database } from './database.ts'
import type { KeyValue } from './store.ts'

/** Durable JSON values of one namespace (`service/llm`). Setting `undefined` deletes. */
export function createKeyValue({ durable }: Database, namespace: string): KeyValue {
  const { select, upsert, remove, list } = statementsOf(durable)
  return {
    get<T>(key: string) {
      const row = select.get(namespace, key)
      return row && (JSON.parse(String(row.value)) as T)
    },
    set(key, value) {
      const text: string | undefined = JSON.stringify(value)
      if (text === undefined) remove.run(namespace, key)
      else upsert.run(namespace, key, text)
    },
    delete(key) {
      remove.run(namespace, key)
    },
    keys: (prefix = '') =>
      list
        .all(namespace, prefix)
        .map((row) => String(row.key))
        .filter((key) => key.startsWith(prefix)),
  }
}

type Statements = ReturnType<typeof prepare>
const prepared = new WeakMap<DatabaseSync, Statements>()

/** One set for all namespaces: SQLite keeps some 10 kB for each statement. */
function statementsOf(db: DatabaseSync): Statements {
  const statements = prepared.get(db) ?? prepare(db)
  prepared.set(db, statements)
  return statements
}

const prepare = (db: DatabaseSync) => ({
  select: db.prepare('SELECT value FROM kv WHERE namespace = ? AND key = ?'),
  upsert: db.prepare(
    `INSERT INTO kv (namespace, key, value) VALUES (?, ?, ?)
     ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value`,
  ),
  remove: db.prepare('DELETE FROM kv WHERE namespace = ? AND key = ?'),
  list: db.prepare('SELECT key FROM kv WHERE namespace = ? AND key >= ? ORDER BY key'),
})
