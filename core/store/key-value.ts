import type { Database } from './database.ts'
import type { KeyValue } from './store.ts'

/** Durable JSON values of one namespace (`service/llm`). Setting `undefined` deletes. */
export function createKeyValue({ durable }: Database, namespace: string): KeyValue {
  const select = durable.prepare('SELECT value FROM kv WHERE namespace = ? AND key = ?')
  const upsert = durable.prepare(
    `INSERT INTO kv (namespace, key, value) VALUES (?, ?, ?)
     ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value`,
  )
  const remove = durable.prepare('DELETE FROM kv WHERE namespace = ? AND key = ?')
  const list = durable.prepare('SELECT key FROM kv WHERE namespace = ? AND key >= ? ORDER BY key')
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
