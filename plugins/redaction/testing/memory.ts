import type { KeyValue, SecretFile } from '#core'

/** A store in memory, as JSON like the real one. */
export function memoryStore(): KeyValue & { rows: Map<string, string> } {
  const rows = new Map<string, string>()
  return {
    rows,
    get<T>(key: string) {
      const row = rows.get(key)
      return row === undefined ? undefined : (JSON.parse(row) as T)
    },
    set: (key, value) => void rows.set(key, JSON.stringify(value)),
    delete: (key) => void rows.delete(key),
    keys: (prefix = '') => [...rows.keys()].filter((key) => key.startsWith(prefix)).sort(),
  }
}

/** A key file in memory. */
export function memoryFile(): SecretFile & { bytes: Buffer | undefined } {
  const file = {
    path: 'keys/redaction.key',
    bytes: undefined as Buffer | undefined,
    read: () => file.bytes,
    create(bytes: Uint8Array) {
      file.bytes = Buffer.from(bytes)
      return file.bytes
    },
  }
  return file
}
